/** holdfast on Koa. */
import { sessionMiddleware } from 'holdfast/koa'
import { onKoa } from '../frameworks/koa.js'
import { fieldsOf, holdfastSessions, signIn } from '../holdfast-sessions.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'koa',
  open: () => onKoa({ mount: (app) => app.use(sessionMiddleware(holdfastSessions())), fieldsOf, signIn }),
}
