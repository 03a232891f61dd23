import { Router } from 'express'
import { itemOf } from '../catalogue.js'
import { noticeOf, render } from '../render.js'
import type { Shop } from '../shop.js'
import { cataloguePage, itemPage } from '../views/catalogue.js'

/** What there is to buy. */
export function catalogueRoutes(shop: Shop): Router {
  const routes = Router()

  routes.get('/', async (req, res) => {
    render(shop, req, res, cataloguePage(), await noticeOf(shop, req))
  })

  routes.get('/goods/:sku', async (req, res, next) => {
    const item = itemOf(req.params.sku)
    if (item === undefined) return next()
    render(shop, req, res, itemPage(item), await noticeOf(shop, req))
  })

  return routes
}
