import { Router } from 'express'
import { noticeOf, render } from '../render.js'
import { scripted } from '../security-headers.js'
import type { Shop } from '../shop.js'
import { secondOrigin } from '../try/loopback.js'
import { tryPage } from '../views/try.js'

/** The page with the attacks; what they are sent to is the lab. */
export function tryRoutes(shop: Shop): Router {
  const routes = Router()

  routes.get('/try', async (req, res) => {
    scripted(res)
    const second = secondOrigin(req.headers.host, req.socket.localAddress)
    render(shop, req, res, tryPage(second), await noticeOf(shop, req))
  })

  return routes
}
