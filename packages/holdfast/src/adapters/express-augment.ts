/**
 * Opt-in types for `req.session` under Express: `import 'holdfast/express/augment'`, and say once what it holds:
 *
 * ```ts
 * declare module 'holdfast/express/augment' {
 *   interface SessionData { cart: string[] }
 * }
 * ```
 *
 * `@types/express-session` declares the same property: import one or the other.
 */
import type { Session } from '../engine/session.js'

/** What the sessions of this app hold. Empty here, to be declared by the app. */
// biome-ignore lint/suspicious/noEmptyInterface: an app merges its own fields into it
export interface SessionData {}

declare global {
  namespace Express {
    interface Request {
      session: Session<SessionData>
    }
  }
}
