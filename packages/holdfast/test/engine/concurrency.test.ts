import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore, type Store } from 'holdfast'
import { sqliteStore } from 'holdfast/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/built.js'
import { type Processes, startProcesses } from '../support/processes.js'
import { type Browser, SECRET, site } from '../support/site.js'

const RUNS = 20
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A browser that is signed in, on a store of its own. */
async function signedIn(store: Store): Promise<Browser> {
  const browser = site({ store, storeTimeout: '120s' }).browser()
  await browser.ask((session) => session.signIn('ada'))
  return browser
}

const stores: [string, (run: number) => Store][] = [
  ['memory', () => memoryStore()],
  ['sqlite', (run) => sqliteStore(join(folder, `one-${run}.db`))],
]

describe.each(stores)('LC-07 one process on %s', (_name, open) => {
  test(`200 requests at once, a field each: 200 of 200 stay, ${RUNS} of ${RUNS} runs`, async () => {
    for (const run of numbers(RUNS)) {
      const store = open(run)
      const ada = await signedIn(store)
      await Promise.all(
        numbers(200).map((index) =>
          ada.ask((session) => {
            session.data[`f${index}`] = index
          }),
        ),
      )
      const data = await ada.ask((session) => ({ ...session.data }))
      expect(data, `run ${run}`).toEqual(Object.fromEntries(numbers(200).map((index) => [`f${index}`, index])))
      await store.close()
    }
  })

  test('50 increments at once make 50', async () => {
    const ada = await signedIn(open(100))
    const seen = await Promise.all(
      numbers(50).map(() => ada.ask((session) => session.update('likes', (likes) => (likes ?? 0) + 1))),
    )
    expect(seen.sort((a, b) => Number(a) - Number(b))).toEqual(numbers(50).map((index) => index + 1))
  })

  test('20 plain pushes into one list at once keep all 20', async () => {
    const ada = await signedIn(open(101))
    await ada.ask((session) => {
      session.data.cart = ['first']
    })
    await Promise.all(numbers(20).map((index) => ada.ask((session) => session.data.cart?.push(`item ${index}`))))
    const cart = (await ada.ask((session) => session.data.cart)) ?? []
    expect(cart[0]).toBe('first')
    expect(cart.slice(1).sort()).toEqual(
      numbers(20)
        .map((index) => `item ${index}`)
        .sort(),
    )
  })

  test('50 increments of one session object make 50', async () => {
    const ada = await signedIn(open(102))
    const likes = await ada.ask(async (session) => {
      await Promise.all(numbers(50).map(() => session.update('likes', (likes) => (likes ?? 0) + 1)))
      return session.data.likes
    })
    expect(likes).toBe(50)
    expect(await ada.ask((session) => session.data.likes)).toBe(50)
  })
})

describe('LC-07 4 processes on one SQLite file', () => {
  let nodes: Processes
  beforeAll(async () => {
    build()
    nodes = await startProcesses(new URL('fixtures/session-process.js', import.meta.url), 4)
  })
  afterAll(() => nodes.stop())

  /** One session, all four nodes at it, and what it holds then. */
  async function together(name: string, what: (node: number) => object): Promise<Record<string, unknown>> {
    const file = join(folder, `${name}.db`)
    const store = sqliteStore(file)
    const ada = await signedIn(store)
    await ada.ask((session) => {
      session.data.cart = []
    })
    const cookie = ada.jar.header()
    await nodes.everyone((node) => ({ file, secret: SECRET, cookie, ...what(node) }))
    const data = await ada.ask((session) => ({ ...session.data }))
    await store.close()
    return data
  }

  test(`200 requests at once, a field each: 200 of 200 stay, ${RUNS} of ${RUNS} runs`, async () => {
    for (const run of numbers(RUNS)) {
      const data = await together(`fields-${run}`, (node) => ({ task: 'fields', from: node * 50, to: node * 50 + 50 }))
      expect(Object.keys(data), `run ${run}`).toHaveLength(201)
    }
  })

  test('48 increments make 48', async () => {
    expect(await together('increments', () => ({ task: 'increments', times: 12 }))).toMatchObject({ likes: 48 })
  })

  test('20 pushes into one list keep all 20', async () => {
    const { cart } = await together('pushes', (node) => ({ task: 'pushes', node, times: 5 }))
    expect(new Set(cart as string[]).size).toBe(20)
    expect(cart).toHaveLength(20)
  })
})

describe('LC-07 a handler that goes on while a write is under way', () => {
  test('what it assigns in between is written too', async () => {
    const ada = await signedIn(memoryStore())
    await ada.ask(async (session) => {
      session.data.likes = 1
      session.data.cart = ['a']
      const first = session.commit()
      session.data.likes = 2
      session.data.cart.push('b')
      await first
    })
    expect(await ada.ask((session) => ({ ...session.data }))).toEqual({ likes: 2, cart: ['a', 'b'] })
  })
})
