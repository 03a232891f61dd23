import { type Request, Router } from 'express'
import { Latest } from '../latest.js'
import { cookiesOf, type Library, libraryOf } from './libraries.js'
import { hostOf } from './loopback.js'
import { runOf } from './run.js'

/**
 * The attacker's part, which script in a page cannot play because the cookies are HttpOnly: copies cookies, plants them, and
 * uses them as a client of its own, over the network. It touches the cookies of this page alone, never the shop's.
 */
export function accomplice(): Router {
  const kept = new Latest<string>()
  const routes = Router()

  routes.param('library', (_req, _res, next, name) => next(libraryOf(name) === null ? 'route' : undefined))

  // What malware, a shared computer or a log that is too thorough would give away.
  routes.post('/:library/copy/:as', (req, res, next) => {
    const name = nameOf(req)
    if (name === null) return next()
    kept.set(name, copyOf(req.headers.cookie ?? '', cookiesOf[req.params.library as Library]))
    res.status(204).end()
  })

  // The attacker visits, and puts the cookie that was got for it into the victim's browser.
  routes.post('/:library/plant/:as', async (req, res, next) => {
    const name = nameOf(req)
    if (name === null) return next()
    const visit = await send(req, 'POST', 'reset', '')
    const lines = visit.headers.getSetCookie()
    kept.set(name, lines.map((line) => line.split(';', 1)[0]).join('; '))
    res.append('Set-Cookie', lines).status(204).end()
  })

  // What the cookie opens by now.
  routes.get('/:library/use/:as', async (req, res, next) => {
    const cookies = kept.get(nameOf(req) ?? '')
    if (cookies === undefined) return next()
    const seen = await send(req, 'GET', 'state', cookies)
    res
      .status(seen.status)
      .set('Cache-Control', 'no-store')
      .type('json')
      .send(await seen.text())
  })

  return routes
}

function nameOf(req: Request): string | null {
  const run = runOf(req)
  return run === null ? null : `${run} ${req.params.library} ${req.params.as}`
}

function copyOf(header: string, names: readonly string[]): string {
  const pairs = header.split(';').map((pair) => pair.trim())
  return pairs.filter((pair) => names.includes(pair.split('=', 1)[0] ?? '')).join('; ')
}

/** A request to this very server, over a connection of its own. */
function send(req: Request, method: string, path: string, cookie: string): Promise<Response> {
  const { localAddress = '127.0.0.1', localPort } = req.socket
  const headers = { 'sec-fetch-site': 'none', ...(cookie === '' ? {} : { cookie }) }
  return fetch(`http://${hostOf(localAddress)}:${localPort}/try/${req.params.library}/${path}`, { method, headers })
}
