/**
 * koa-session with a store in memory. By default it has none: the whole session travels in the cookie, signed but readable,
 * and what no longer fits into a cookie (4 kB) is lost; so the larger sessions here need its option `store`. This store keeps
 * the objects that it is given, as that of koa-session's own tests does: nothing can cost less.
 */
import session from 'koa-session'
import { onKoa } from '../frameworks/koa.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'koa',
  open: () =>
    onKoa({
      mount: (app) => {
        const kept = new Map()
        app.keys = ['a secret of the bench, thirty-two bytes']
        const store = {
          get: async (/** @type {string} */ key) => kept.get(key),
          set: async (/** @type {string} */ key, /** @type {unknown} */ data) => void kept.set(key, data),
          destroy: async (/** @type {string} */ key) => void kept.delete(key),
        }
        app.use(session({ store }, app))
      },
      fieldsOf: (ctx) => ctx.session,
    }),
}
