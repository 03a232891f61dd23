/** express-session as it is published. It has no types of its own. */
import { createRequire } from 'node:module'
import type { RequestHandler } from 'express'
import type { ConnectedStore } from '../../../src/compat/connect/connect-store.js'

/** What handlers find at `req.session`. */
export interface ExpressSession {
  readonly id: string
  cookie: { maxAge: number | null; originalMaxAge: number | null; expires: Date | null; path: string }
  save(done: (error?: unknown) => void): void
  reload(done: (error?: unknown) => void): void
  destroy(done: (error?: unknown) => void): void
  regenerate(done: (error?: unknown) => void): void
  [field: string]: unknown
}

/** Options of the middleware, as far as the tests use them. */
export interface ExpressSessionOptions {
  readonly store: object
  readonly secret: string
  readonly resave: boolean
  readonly saveUninitialized: boolean
  readonly rolling?: boolean
  readonly unset?: 'keep' | 'destroy'
  readonly cookie?: object
}

export const session: ((options: ExpressSessionOptions) => RequestHandler) & {
  readonly MemoryStore: new () => ConnectedStore
} = createRequire(import.meta.url)('express-session')
