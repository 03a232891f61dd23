/** Checked by the compiler: the middleware fits both majors, and `req.session` is typed only where that was asked for. */
import express5 from 'express'
import express4 from 'express4'
import type { Sessions } from 'holdfast'
import 'holdfast/express/augment'
import { sessionMiddleware } from 'holdfast/express'
import './registered.js'

declare const sessions: Sessions<{ cart: string[] }>

express4().use(sessionMiddleware(sessions))
express5().use(sessionMiddleware(sessions))

express5().get('/items/:sku', sessionMiddleware(sessions), (req, res) => {
  const sku: string = req.params.sku
  req.session.data.cart = [sku]
  sessions.of(req).data.cart?.push(sku)
  // @ts-expect-error: no such field was declared
  req.session.data.cat = []
  // @ts-expect-error: nothing is kept on the session itself
  req.session.cart = []
  // @ts-expect-error: a session is ended by signOut()
  req.session = null
  res.json(req.session.isSignedIn() ? req.session.user.length : 0)
})

express4().get('/items/:sku', (req, res) => {
  req.session.data.cart = [req.params.sku]
  res.sendStatus(204)
})
