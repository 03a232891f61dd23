/** holdfast on Express, with its sessions in Redis. */
import { sessionMiddleware } from 'holdfast/express'
import { redisStore } from 'holdfast/redis'
import { onExpress } from '../frameworks/express.js'
import { fieldsOf, holdfastSessions, signIn } from '../holdfast-sessions.js'
import { clientOf } from '../redis.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'express',
  on: 'redis',
  async open(url) {
    const sessions = holdfastSessions(redisStore(await clientOf(url)))
    return onExpress({ mount: (app) => app.use(sessionMiddleware(sessions)), fieldsOf, signIn })
  },
}
