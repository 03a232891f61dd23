/** express-session with its own memory store, as its documentation would have it set up. */
import session from 'express-session'
import { onExpress } from '../frameworks/express.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'express',
  open: () =>
    onExpress({
      mount: (app) =>
        app.use(
          session({ secret: 'a secret of the bench, thirty-two bytes', resave: false, saveUninitialized: false }),
        ),
      fieldsOf: (req) => req.session,
    }),
}
