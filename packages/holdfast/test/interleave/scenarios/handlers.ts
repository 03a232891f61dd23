import type { Handler } from '../site.js'
import { calls, type Play } from '../told.js'

/**
 * Answers `elsewhere` where the request found no session: what it writes goes to a visitor's row of its own. That is what
 * becomes of a write opened after a sign-in or step-up has settled and before its answer has arrived.
 */
const committed: (change: Handler) => Handler = (change) => async (session, sessions) => {
  const found = session.handle !== null
  await change(session, sessions)
  const outcome = await session.commit()
  return found ? outcome : 'elsewhere'
}
export const sets = (field: 'a' | 'b' | 'c' | 'x', value: number): Handler =>
  committed((session) => {
    session.data[field] = value
  })
export const pushes = (field: 'list' | 'cart', value: string): Handler =>
  committed((session) => {
    ;(session.data[field] ??= []).push(value)
  })
/** A change that is written when the answer is settled, as most are. */
export const setsX =
  (value: number): Handler =>
  (session) => {
    session.data.x = value
  }
export const adds =
  (value: string): Handler =>
  (session) => {
    ;(session.data.list ??= []).push(value)
  }
export const reads: Handler = (session) => session.user
export const increments: Handler = (session) => session.update('n', (n) => (n ?? 0) + 1)
export const takesFlash: Handler = (session) => session.take('flash')
export const signsIn =
  (user: string, ...keep: ('cart' | 'flash')[]): Handler =>
  (session) =>
    session.signIn(user, { keep })
export const stepsUp: Handler = (session) => session.stepUp({ methods: ['otp'], level: 2 })
export const signsOut: Handler = (session) => session.signOut()
export const changesCredentials: Handler = (session) => session.credentialsChanged()
/** Answers `too late` where the session was over when the request came. */
export const revokesItself: Handler = async (session, sessions) => {
  if (!session.isSignedIn()) return 'too late'
  return sessions.revoke({ user: session.user, handle: session.handle })
}
export const revokesOthers: Handler = async (session, sessions) => {
  if (!session.isSignedIn()) return 'too late'
  return sessions.revoke({ user: session.user, except: session.handle })
}
export const revokesAnn: Play = calls((sessions) => sessions.revoke({ user: 'ann' }))
