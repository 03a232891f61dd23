import express, { type Express } from 'express'
import { createSessions, memoryStore, type Store } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { openStore } from 'holdfast/open-store'
import { type SqliteDatabase, sqliteStore } from 'holdfast/sqlite'
import type { ShopData } from './data.js'
import { openDatabase } from './database.js'
import { lifetimes } from './lifetimes.js'
import { notesOf } from './notes.js'
import { ordersIn } from './orders.js'
import { publicFiles } from './public-files.js'
import { accountRoutes } from './routes/account.js'
import { cartRoutes } from './routes/cart.js'
import { catalogueRoutes } from './routes/catalogue.js'
import { orderRoutes } from './routes/orders.js'
import { nothingHere, troubles } from './routes/problems.js'
import { signInRoutes } from './routes/sign-in.js'
import { tryRoutes } from './routes/try.js'
import { securityHeaders } from './security-headers.js'
import type { Shop } from './shop.js'
import type { StoreOption } from './store-option.js'
import { createLab } from './try/lab.js'
import { usersIn } from './users.js'

/** What a shop is made from. */
export interface ShopOptions {
  /** The secret of its sessions; `secretIn` keeps one in a file. */
  readonly secret: string
  readonly store: StoreOption
  /** The clock: epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Receives what holdfast has to say, and what went wrong. Default `console.warn`. */
  readonly log?: (text: string) => void
}

/** A shop that can be served. */
export interface OpenShop extends Shop {
  readonly app: Express
  /** Stops the timer of the sessions and closes the database. */
  close(): Promise<void>
}

/** Opens the database and puts the shop together. Throws where the database or the store of the sessions cannot be opened. */
export async function createShop({
  secret,
  store,
  now = Date.now,
  log = console.warn,
}: ShopOptions): Promise<OpenShop> {
  const database = await openDatabase(store.kind === 'memory' ? ':memory:' : store.path)
  const sessions = createSessions<ShopData>({
    secret,
    store: await sessionStore(store, database),
    ...lifetimes,
    now,
    log,
  })
  const notes = notesOf(sessions, now)
  const shop: Shop = { sessions, users: usersIn(database), orders: ordersIn(database), notes, now }
  const lab = createLab({ secret, now })

  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders)
  app.use(publicFiles()) // before the sessions: a style sheet has none
  app.use('/try', lab.routes) // as well: it has sessions of its own
  app.use(sessionMiddleware(sessions), notes.middleware)
  app.use(express.urlencoded({ extended: false, limit: '10kb' }))
  app.use(catalogueRoutes(shop), cartRoutes(shop), orderRoutes(shop))
  app.use(signInRoutes(shop), accountRoutes(shop), tryRoutes(shop))
  app.use(nothingHere, troubles(log))

  return {
    ...shop,
    app,
    async close() {
      await Promise.all([sessions.close(), lab.close()])
      database.close()
    },
  }
}

/** Where the sessions are: beside users and orders, unless they have a server. */
async function sessionStore(store: StoreOption, database: SqliteDatabase): Promise<Store> {
  if (store.kind === 'memory') return memoryStore()
  if (store.kind === 'sqlite') return sqliteStore(database)
  try {
    return await openStore(store.url)
  } catch (error) {
    database.close()
    throw error
  }
}
