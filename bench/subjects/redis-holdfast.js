/** holdfast on Express, with its sessions in Redis. */
import { sessionMiddleware } from 'holdfast/express'
import { redisStore } from 'holdfast/redis'
import { onExpress } from '../frameworks/express.js'
import { fieldsOf, holdfastSessions, signIn } from '../holdfast-sessions.js'
import { openRedis } from '../redis.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'express',
  async open() {
    const sessions = holdfastSessions(redisStore(await openRedis()))
    return onExpress({ mount: (app) => app.use(sessionMiddleware(sessions)), fieldsOf, signIn })
  },
}
