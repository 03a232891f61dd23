/** holdfast with its memory store and every default: guards, renewal, throttled touches. */
import express from 'express'
import { createSessions, memoryStore } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { dataOf } from '../works.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'express',
  open() {
    const sessions = createSessions({
      secret: 'Qm9sZGZhc3QgYmVuY2gsIDMyIGJ5dGVzIG9mIGl0',
      store: memoryStore(),
      log: () => {},
    })
    const app = express()
    app.use(sessionMiddleware(sessions))
    const fresh = dataOf(2_000)
    app.get('/none', (_req, res) => void res.send('1'))
    app.get('/read', (req, res) => void res.send(String(req.session.data.likes)))
    app.post('/write', (req, res) => {
      req.session.data.likes += 1
      res.send(String(req.session.data.likes))
    })
    app.post('/create', (req, res) => {
      Object.assign(req.session.data, fresh)
      res.send('1')
    })
    app.post('/seed/:bytes', async (req, res) => {
      const data = dataOf(Number(req.params.bytes))
      Object.assign(req.session.data, data)
      await req.session.signIn('ada', { keep: Object.keys(data) })
      res.send('1')
    })
    return app
  },
}
