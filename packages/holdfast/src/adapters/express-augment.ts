/**
 * Opt-in types for `req.session` under Express: `import 'holdfast/express/augment'`, and say once what it holds:
 *
 * ```ts
 * declare module 'holdfast' {
 *   interface Register { data: { cart: string[] } }
 * }
 * ```
 *
 * `@types/express-session` declares the same property: import one or the other.
 */
import type { RegisteredData } from '../engine/register.js'
import type { Session } from '../engine/session.js'

declare global {
  namespace Express {
    interface Request {
      readonly session: Session<RegisteredData>
    }
  }
}
