import type { Request, Response } from 'express'
import { countOf, linesOf } from './cart.js'
import type { Notice } from './data.js'
import { sessionView } from './session-view.js'
import type { Shop } from './shop.js'
import { drawer } from './views/drawer.js'
import { layout, type Page } from './views/layout.js'

/** Sends a page in the frame that all pages have in common. */
export function render(shop: Shop, req: Request, res: Response, page: Page, notice?: Notice): void {
  const session = shop.sessions.of(req)
  const now = shop.now()
  const shopper = {
    name: session.user === null ? null : (shop.users.byId(session.user)?.name ?? 'You'),
    count: countOf(linesOf(session.read('cart'))),
  }
  res.vary('Cookie')
  // So that the back button shows nothing of somebody who has signed out.
  if (session.isSignedIn()) res.set('Cache-Control', 'no-store')
  res.type('html').send(layout(page, shopper, notice, drawer(sessionView(session, shop.notes, now), now)).text)
}

/**
 * What is to be said on the next page, once. `take` gives it to the one request that removes it, so only pages that people
 * look at may ask for it.
 */
export async function noticeOf(shop: Shop, req: Request): Promise<Notice | undefined> {
  const session = shop.sessions.of(req)
  return 'notice' in session.data ? session.take('notice') : undefined
}
