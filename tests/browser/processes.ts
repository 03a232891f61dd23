import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/steps.js'
import type { Site } from './site.js'

const PROGRAM = join(root, 'examples/shop/dist/server.js')

/**
 * Serves one shop by two processes, on one store and behind one port. Connections go to them in turn, so that a browser whose
 * requests each have a connection of their own is served by both. Where one does not open, the other ends as well.
 */
export async function startTwoProcesses(store: string, ofSecond: string = store): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-shops-'))
  const shops = [startProcess(store, folder), startProcess(ofSecond, folder)]
  const close = async (): Promise<void> => {
    await Promise.all(shops.map(end))
    rmSync(folder, { recursive: true })
  }
  const ports = await Promise.all(shops.map(portOf)).catch(async (error) => {
    await close()
    throw error
  })
  let turn = 0
  const balancer = createServer((browser) => {
    turn += 1
    const shop = connect(ports[turn % ports.length] as number, '127.0.0.1')
    for (const [one, other] of [
      [browser, shop],
      [shop, browser],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
    browser.pipe(shop).pipe(browser)
  }).listen(0, '127.0.0.1')
  await once(balancer, 'listening')
  return {
    url: `http://127.0.0.1:${(balancer.address() as AddressInfo).port}/`,
    async close() {
      balancer.close()
      await close()
    },
  }
}

function startProcess(store: string, folder: string): ChildProcess {
  return spawn(process.execPath, [PROGRAM, '--store', store], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Where it listens, as it says itself. */
async function portOf(shop: ChildProcess): Promise<number> {
  let said = ''
  for await (const text of shop.stdout?.setEncoding('utf8') ?? []) {
    said += text
    const [, port] = /http:\/\/[^/]+:(\d+)\//.exec(said) ?? []
    if (port !== undefined) return Number(port)
  }
  throw new Error(`The shop did not open: ${said}`)
}

async function end(shop: ChildProcess): Promise<void> {
  if (shop.exitCode !== null || shop.signalCode !== null) return
  const closed = once(shop, 'exit')
  shop.kill('SIGTERM')
  await closed
}
