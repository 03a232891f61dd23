import { Router } from 'express'
import { scripted } from '../security-headers.js'
import { elsewherePage, landedPage } from '../views/elsewhere.js'
import { libraryOf } from './libraries.js'
import { areOneServer, secondOrigin } from './loopback.js'
import type { Posts } from './posts.js'
import { runOf } from './run.js'

/** The second origin, and what becomes of the posts that it makes. */
export function crossSite(posts: Posts): Router {
  const routes = Router()

  // The attacker's page, where it is opened under the second name of this machine. It can harm nobody but this server.
  routes.get('/elsewhere/:library', (req, res, next) => {
    const library = libraryOf(req.params.library)
    const run = runOf(req)
    const victim = String(req.query.victim)
    if (library === null || run === null || !areOneServer(req.headers.host, victim)) return next()
    scripted(res, `http://${victim}`)
    res.type('html').send(elsewherePage(`http://${victim}`, library, run).text)
  })

  // Where an accepted sign-in leads; from here the attacker goes on to holdfast.
  routes.get('/landed/:run', (req, res, next) => {
    const other = secondOrigin(req.headers.host, req.socket.localAddress)
    if (other === null) return next()
    const query = new URLSearchParams({ run: req.params.run, victim: String(req.headers.host) })
    scripted(res)
    res.type('html').send(landedPage(`${other}/try/elsewhere/holdfast?${query}`).text)
  })

  routes.get('/posts', (req, res, next) => {
    const run = runOf(req)
    if (run === null) return next()
    res.set('Cache-Control', 'no-store').json(posts.of(run))
  })

  return routes
}
