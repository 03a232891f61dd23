/** express-session on connect-redis. */
import { RedisStore } from 'connect-redis'
import session from 'express-session'
import { onExpress } from '../frameworks/express.js'
import { clientOf } from '../redis.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'express',
  on: 'redis',
  async open(url) {
    const store = new RedisStore({ client: await clientOf(url) })
    const secret = 'a secret of the bench, thirty-two bytes'
    return onExpress({
      mount: (app) => app.use(session({ secret, store, resave: false, saveUninitialized: false })),
      fieldsOf: (req) => req.session,
    })
  },
}
