/** Checked by the compiler: the middleware fits both majors, and `ctx.session` is typed only where that was asked for. */
import type { Sessions } from 'holdfast'
import { sessionMiddleware } from 'holdfast/koa'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import 'holdfast/koa/augment'
import './registered.js'

declare const sessions: Sessions<{ cart: string[] }>

new Koa2().use(sessionMiddleware(sessions))
new Koa3().use(sessionMiddleware(sessions))

interface State {
  readonly sku: string
}

new Koa3<State, { readonly shop: string }>().use(sessionMiddleware(sessions)).use(async (ctx) => {
  ctx.session.data.cart = [ctx.state.sku, ctx.shop]
  sessions.of(ctx).data.cart?.push('1')
  sessions.of(ctx.req).data.cart?.push('2')
  // @ts-expect-error: no such field was declared
  ctx.session.data.cat = []
  // @ts-expect-error: nothing is kept on the session itself
  ctx.session.cart = []
  // @ts-expect-error: a session is ended by signOut()
  ctx.session = null
  if (ctx.session.isSignedIn()) ctx.body = ctx.session.user.length
})

new Koa3().use((ctx) => {
  ctx.session.data.cart = []
  // @ts-expect-error: not even where Koa itself would take anything
  ctx.session.data.cat = []
})
