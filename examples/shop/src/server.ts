/** The command: reads its surroundings, serves the shop until Ctrl-C or SIGTERM, and cleans up. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createShop } from './app.js'
import { listen, placeOf } from './listen.js'
import { secretIn } from './secret.js'
import { storeOption } from './store-option.js'

/** How long an answer that is under way may take to end, in milliseconds. */
const PATIENCE = 2_000

/** Several processes that serve one shop have one folder. */
const folder = process.env.DATA_DIR || fileURLToPath(new URL('../.data', import.meta.url))

async function serve(): Promise<void> {
  const place = placeOf(process.env)
  const store = storeOption(process.argv.slice(2), join(folder, 'shop.db'))
  const secret = process.env.SESSION_SECRET || (await secretIn(join(folder, 'secret')))
  const shop = await createShop({ secret, store })
  const server = createServer(shop.app)
  let address: string
  try {
    address = await listen(server, place)
  } catch (error) {
    await shop.close()
    throw error
  }

  const stop = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop) // a second Ctrl-C ends it at once
    server.close(() => shop.close().then(() => console.log('Stopped.'), fail))
    // A browser keeps connections open that it may never use.
    setTimeout(() => server.closeAllConnections(), PATIENCE).unref()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  console.log(`The shop is open: ${address} (Ctrl-C closes it)`)
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

serve().catch(fail)
