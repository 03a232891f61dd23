import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createShop, type OpenShop } from '../src/app.js'
import type { StoreOption } from '../src/store-option.js'
import { type Browser, browser, type Seen } from './browser.js'

/** A shop that is being served. */
export interface ServedShop {
  readonly url: string
  readonly shop: OpenShop
  /** What the shop wrote to its log. */
  readonly log: readonly string[]
  /** The requests that have arrived, whether or not they are answered yet. */
  readonly arrived: readonly IncomingMessage[]
  browser(agent?: string): Browser
  close(): Promise<void>
}

/** What a test may set. */
interface Settings {
  readonly store?: StoreOption
  readonly secret?: string
  readonly now?: () => number
}

export const SECRET = 'a4Vn0cZqk1x7Rj2mWb9tLd5uYh8sGf3eQpKoXiNvTzE'

/** Serves a shop of its own on a port that the system chooses. */
export async function openShop({
  store = { kind: 'memory' },
  secret = SECRET,
  now = Date.now,
}: Settings = {}): Promise<ServedShop> {
  const log: string[] = []
  const arrived: IncomingMessage[] = []
  const shop = await createShop({ secret, store, now, log: (text) => log.push(text) })
  const server = createServer((req, res) => {
    arrived.push(req)
    shop.app(req, res)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    shop,
    log,
    arrived,
    browser: (agent) => browser(url, agent),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await shop.close()
    },
  }
}

export const ADA = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' }

/** Makes Ada's account in this browser, which is then signed in. */
export function signUp(at: Browser, fields: Readonly<Record<string, string>> = {}): Promise<Seen> {
  return at.post('/sign-up', { ...ADA, ...fields })
}

/** Signs Ada in. */
export function signIn(at: Browser, fields: Readonly<Record<string, string>> = {}): Promise<Seen> {
  return at.post('/sign-in', { ...ADA, ...fields })
}

/** Puts something into the cart. */
export function add(at: Browser, sku: string, quantity = 1): Promise<Seen> {
  return at.post('/cart', { sku, quantity: String(quantity) })
}
