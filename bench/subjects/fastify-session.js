/**
 * @fastify/session with its own memory store, which keeps the objects that it is given. By default it saves the session and
 * sets the cookie with every answer (`rolling`, `saveUninitialized`); here it does so only where something was written, like
 * all others: that costs it less.
 */
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import { onFastify } from '../frameworks/fastify.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'fastify',
  open: () =>
    onFastify({
      mount: async (app) => {
        await app.register(cookie)
        await app.register(session, {
          secret: 'a secret of the bench, thirty-two bytes',
          cookie: { secure: 'auto' },
          rolling: false,
          saveUninitialized: false,
        })
      },
      fieldsOf: (request) => request.session,
    }),
}
