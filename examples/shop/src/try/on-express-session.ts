import type { Request } from 'express'
import { stateOf, type TryData } from './data.js'
import type { Subject } from './endpoints.js'

type Callback = (error?: unknown) => void

/** What express-session puts at `req.session`. */
interface OldSession extends Partial<TryData> {
  user?: string | null
  regenerate(callback: Callback): void
  save(callback: Callback): void
  destroy(callback: Callback): void
}

/** The endpoints' work, done with express-session; sign-in and sign-out as in the example "User login" of its README. */
export const onExpressSession: Subject = {
  state(req) {
    const session = sessionOf(req)
    return stateOf(session.user, session)
  },
  reset(req) {
    const session = sessionOf(req)
    session.list = []
    delete session.first
    delete session.second
  },
  add(req, entry) {
    const session = sessionOf(req)
    session.list ??= []
    session.list.push(entry)
  },
  set(req, tab, text) {
    sessionOf(req)[tab] = text
  },
  async signIn(req, user) {
    await done((callback) => sessionOf(req).regenerate(callback))
    sessionOf(req).user = user
    await done((callback) => sessionOf(req).save(callback))
  },
  async signOut(req) {
    sessionOf(req).user = null
    await done((callback) => sessionOf(req).save(callback))
    await done((callback) => sessionOf(req).regenerate(callback))
  },
}

/** The same where an application leaves out `regenerate()`, which the library does not ask for. */
export const onExpressSessionBare: Subject = {
  ...onExpressSession,
  async signIn(req, user) {
    sessionOf(req).user = user
  },
  async signOut(req) {
    await done((callback) => sessionOf(req).destroy(callback))
  },
}

/** Looked up anew each time: `regenerate` puts another one there. */
function sessionOf(req: Request): OldSession {
  return (req as Request & { session: OldSession }).session
}

function done(act: (callback: Callback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => (error === undefined || error === null ? resolve() : reject(error)))
  })
}
