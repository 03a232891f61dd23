import express from 'express'
import { saidTo, targets } from '../targets.js'

/**
 * Express 5, with a library for sessions or by itself.
 *
 * @param {import('../targets.js').Library<import('express').Express> | null} library
 */
export function onExpress(library) {
  const app = express()
  library?.mount(app)
  for (const target of targets) {
    app[target.method === 'GET' ? 'get' : 'post'](target.path, (req, res, next) => {
      const said = saidTo(target, library, req)
      if (typeof said === 'number') res.send(String(said))
      else said.then((number) => void res.send(String(number)), next)
    })
  }
  return app
}
