import { Router } from 'express'
import { linesOf, withMore } from '../cart.js'
import { itemOf } from '../catalogue.js'
import { fieldOf, ownPath } from '../form.js'
import { quantityOf } from '../quantity.js'
import { noticeOf, render } from '../render.js'
import type { Shop } from '../shop.js'
import { cartPage } from '../views/cart.js'

/** The cart, of visitors and of users alike. */
export function cartRoutes(shop: Shop): Router {
  const { sessions } = shop
  const routes = Router()

  routes.get('/cart', async (req, res) => {
    const session = sessions.of(req)
    const page = cartPage(linesOf(session.read('cart')), session.isSignedIn())
    render(shop, req, res, page, await noticeOf(shop, req))
  })

  // One more is computed from what is there, so it is an `update`: of two clicks at once none is lost.
  routes.post('/cart', async (req, res, next) => {
    const session = sessions.of(req)
    const item = itemOf(fieldOf(req.body, 'sku'))
    const quantity = quantityOf(fieldOf(req.body, 'quantity'))
    if (item === undefined || !quantity) return next()
    await session.update('cart', (cart) => withMore(cart, item.sku, quantity))
    session.data.notice = { tone: 'good', text: `${item.name} is in your cart.` }
    res.redirect(303, ownPath(fieldOf(req.body, 'back'), '/cart'))
  })

  // A quantity that was named is simply written. Another tab that changes another item keeps its change.
  routes.post('/cart/:sku', (req, res, next) => {
    const { data } = sessions.of(req)
    const { sku } = req.params
    const quantity = quantityOf(fieldOf(req.body, 'quantity'))
    if (itemOf(sku) === undefined || quantity === null) return next()
    if (quantity === 0) delete data.cart?.[sku]
    else if (data.cart?.[sku] !== undefined) data.cart[sku] = quantity
    res.redirect(303, quantity === 0 ? '/cart' : `/cart#${sku}`)
  })

  return routes
}
