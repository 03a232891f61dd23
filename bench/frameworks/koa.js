import Koa from 'koa'
import { saidTo, targets } from '../targets.js'

/**
 * Koa 3, with a library for sessions or by itself. It has no router of its own, and needs none here.
 *
 * @param {import('../targets.js').Library<Koa> | null} library
 */
export function onKoa(library) {
  const app = new Koa()
  library?.mount(app)
  const byPath = new Map(targets.map((target) => [target.path, target]))
  app.use(async (ctx) => {
    const target = byPath.get(ctx.path)
    if (target === undefined || target.method !== ctx.method) return
    const said = saidTo(target, library, ctx)
    ctx.body = String(typeof said === 'number' ? said : await said)
  })
  return app.callback()
}
