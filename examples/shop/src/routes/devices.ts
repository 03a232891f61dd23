import { Router } from 'express'
import { fieldOf } from '../form.js'
import { noticeOf, render } from '../render.js'
import type { Shop } from '../shop.js'
import { signInPath } from '../sign-in-path.js'
import { devicesPage } from '../views/devices.js'

/** Where somebody is signed in, and how to end it there. */
export function deviceRoutes(shop: Shop): Router {
  const { sessions, now } = shop
  const routes = Router()

  routes.get('/devices', async (req, res) => {
    const session = sessions.of(req)
    if (!session.isSignedIn()) return res.redirect(303, signInPath('/devices'))
    const page = devicesPage(await sessions.list(session.user), session.handle, now())
    render(shop, req, res, page, await noticeOf(shop, req))
  })

  // The handle comes from a form, so it may be anybody's: `revoke` ends it only if it is this user's.
  routes.post('/devices/sign-out', async (req, res) => {
    const session = sessions.of(req)
    if (!session.isSignedIn()) return res.redirect(303, signInPath('/devices'))
    const { revoked } = await sessions.revoke({ user: session.user, handle: fieldOf(req.body, 'handle') })
    session.data.notice =
      revoked > 0
        ? { tone: 'good', text: 'Signed out there.' }
        : { tone: 'bad', text: 'Nobody was signed in there any more.' }
    res.redirect(303, '/devices')
  })

  routes.post('/devices/sign-out-elsewhere', async (req, res) => {
    const session = sessions.of(req)
    if (!session.isSignedIn()) return res.redirect(303, signInPath('/devices'))
    const { revoked } = await sessions.revoke({ user: session.user, except: session.handle })
    const places = revoked === 1 ? 'one other place' : `${revoked} other places`
    session.data.notice = { tone: 'good', text: revoked > 0 ? `Signed out in ${places}.` : 'You were nowhere else.' }
    res.redirect(303, '/devices')
  })

  return routes
}
