/** holdfast on Express. */
import { sessionMiddleware } from 'holdfast/express'
import { onExpress } from '../frameworks/express.js'
import { fieldsOf, holdfastSessions, signIn } from '../holdfast-sessions.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'express',
  open: () => onExpress({ mount: (app) => app.use(sessionMiddleware(holdfastSessions())), fieldsOf, signIn }),
}
