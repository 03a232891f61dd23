import { randomBytes } from 'node:crypto'
import { Router } from 'express'
import { type CartLine, linesOf, totalOf } from '../cart.js'
import type { Order } from '../orders.js'
import { noticeOf, render } from '../render.js'
import type { Shop } from '../shop.js'
import { signInPath } from '../sign-in-path.js'
import { orderPage, ordersPage } from '../views/orders.js'

/** Checkout, and what was ordered. */
export function orderRoutes(shop: Shop): Router {
  const { sessions, orders, now } = shop
  const routes = Router()

  routes.post('/checkout', async (req, res) => {
    const session = sessions.of(req)
    if (!session.isSignedIn()) return res.redirect(303, signInPath('/cart'))
    // Who takes the cart, orders it: a second click at the same moment finds none.
    const cart = await session.take('cart')
    const lines = linesOf(cart)
    if (cart === undefined || lines.length === 0) {
      session.data.notice = { tone: 'bad', text: 'There is nothing in your cart.' }
      return res.redirect(303, '/cart')
    }
    const order = orderOf(session.user, lines, now())
    try {
      orders.place(order)
    } catch (error) {
      session.data.cart = cart
      throw error
    }
    session.data.notice = { tone: 'good', text: 'Order placed. Thank you!' }
    res.redirect(303, `/orders/${order.id}`)
  })

  routes.get('/orders', async (req, res) => {
    const session = sessions.of(req)
    if (!session.isSignedIn()) return res.redirect(303, signInPath('/orders'))
    render(shop, req, res, ordersPage(orders.of(session.user), now()), await noticeOf(shop, req))
  })

  routes.get('/orders/:id', async (req, res, next) => {
    const session = sessions.of(req)
    if (!session.isSignedIn()) return res.redirect(303, signInPath(req.path))
    const order = orders.find(session.user, req.params.id)
    if (order === null) return next()
    render(shop, req, res, orderPage(order, now()), await noticeOf(shop, req))
  })

  return routes
}

function orderOf(user: string, lines: readonly CartLine[], now: number): Order {
  return {
    id: randomBytes(6).toString('hex'),
    user,
    placedAt: now,
    lines: lines.map(({ item, quantity }) => ({ sku: item.sku, name: item.name, quantity, price: item.price })),
    total: totalOf(lines),
  }
}
