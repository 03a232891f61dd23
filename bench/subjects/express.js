/** Express 5 by itself. */
import express from 'express'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: null,
  open() {
    const app = express()
    app.get(['/none', '/read'], (_req, res) => void res.send('0'))
    app.post(['/write', '/create', '/seed/:bytes'], (_req, res) => void res.send('0'))
    return app
  },
}
