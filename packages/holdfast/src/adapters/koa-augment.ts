/**
 * Opt-in types for `ctx.session` under Koa: `import 'holdfast/koa/augment'`, and say once what it holds:
 *
 * ```ts
 * declare module 'holdfast' {
 *   interface Register { data: { cart: string[] } }
 * }
 * ```
 *
 * `@types/koa-session` declares the same property: import one or the other.
 */
import type {} from 'koa'
import type { RegisteredData } from '../engine/register.js'
import type { Session } from '../engine/session.js'

declare module 'koa' {
  interface ExtendableContext {
    readonly session: Session<RegisteredData>
  }
}
