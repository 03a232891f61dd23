import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createShop } from '../../examples/shop/src/app.js'

/** A shop that is being served. What is told of it holds for any number of processes behind one address. */
export interface Site {
  /** Ends in a slash. */
  readonly url: string
  close(): Promise<void>
}

/** Serves a shop of its own, which forgets everything when it closes. */
export async function startShop(): Promise<Site> {
  const shop = await createShop({
    secret: 'Qz7Yd2Wk9Mf4Rb6Ts1Hv8Lc3Nx5Pg0JaEoUiKtSrMbVw',
    store: { kind: 'memory' },
    log: () => undefined,
  })
  const server = createServer(shop.app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.close()
      server.closeAllConnections()
      await shop.close()
    },
  }
}
