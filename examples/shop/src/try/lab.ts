import express, { Router } from 'express'
import session from 'express-session'
import { createSessions, memoryStore } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { nothingHere } from '../routes/problems.js'
import { accomplice } from './accomplice.js'
import { crossSite } from './cross-site.js'
import type { TryData } from './data.js'
import { endpoints, type Subject } from './endpoints.js'
import { onExpressSession, onExpressSessionBare } from './on-express-session.js'
import { onHoldfast } from './on-holdfast.js'
import { posts } from './posts.js'
import { signals } from './signals.js'

/** What a lab is made from. */
export interface LabOptions {
  readonly secret: string
  readonly now: () => number
}

/** Everything that "Try to break it" sends requests to. */
export interface Lab {
  readonly routes: Router
  close(): Promise<void>
}

/** How long a request waits for the other one, in milliseconds: only where that one never comes. */
const PATIENCE = 15_000

/**
 * The same endpoints on holdfast and on express-session, with sessions in memory and cookies of their own: who tries them
 * stays signed in to the shop. It goes before the shop's sessions, whose guard would else answer for both.
 */
export function createLab({ secret, now }: LabOptions): Lab {
  const sessions = createSessions<TryData>({
    secret,
    store: memoryStore(),
    cookie: { user: 'try-sid', visitor: 'try-vid' },
    property: false,
    now,
    log: () => {}, // all it has to say the shop's own sessions say as well
  })
  const answers = posts()
  const form = express.urlencoded({ extended: false, limit: '10kb' })
  const old = (name?: string) =>
    session({ secret, resave: false, saveUninitialized: true, ...(name === undefined ? {} : { name }) })
  // Signals of its own for each: the same run goes to every library, one after the other.
  // What is not there ends here as well: the shop's sessions would take the place of express-session's at `req.session`.
  const on = (subject: Subject) => [form, endpoints(subject, signals(PATIENCE)), nothingHere]

  const routes = Router()
  routes.use(answers.noted)
  routes.use('/holdfast', sessionMiddleware(sessions), on(onHoldfast(sessions)))
  routes.use('/express-session', old(), on(onExpressSession))
  routes.use('/express-session-bare', old('bare.sid'), on(onExpressSessionBare))
  routes.use('/accomplice', accomplice())
  routes.use(crossSite(answers))
  return { routes, close: () => sessions.close() }
}
