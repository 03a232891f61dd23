/** express-session with its own memory store, as its documentation would have it set up. */
import express from 'express'
import session from 'express-session'
import { dataOf } from '../works.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'express',
  open() {
    const app = express()
    app.use(session({ secret: 'a secret of the bench, thirty-two bytes', resave: false, saveUninitialized: false }))
    const fresh = dataOf(2_000)
    app.get('/none', (_req, res) => void res.send('1'))
    app.get('/read', (req, res) => void res.send(String(req.session.likes)))
    app.post('/write', (req, res) => {
      req.session.likes += 1
      res.send(String(req.session.likes))
    })
    app.post('/create', (req, res) => {
      Object.assign(req.session, fresh)
      res.send('1')
    })
    app.post('/seed/:bytes', (req, res) => {
      Object.assign(req.session, dataOf(Number(req.params.bytes)), { user: 'ada' })
      res.send('1')
    })
    return app
  },
}
