import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Store } from 'holdfast'
import { type LoadDriver, openStore } from 'holdfast/open-store'
import { afterAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service } from '../../../../scripts/services/service.js'
import { browserOf, site } from '../support/site.js'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-open-'))
const [redis, postgres] = [await service('redis'), await service('postgres')]
afterAll(async () => {
  rmSync(folder, { recursive: true })
  for (const server of [redis, postgres]) if ('stop' in server) await server.stop()
})

const require = createRequire(import.meta.url)
/** As where only this driver is installed. */
const only =
  (driver: string, folderOfIt = driver): LoadDriver =>
  (name) => {
    if (name !== driver) throw new Error(`Cannot find module '${name}'`)
    return require(folderOfIt)
  }
const none: LoadDriver = (name) => only('')(name)

/** What one process writes, another reads. */
async function serves(store: Store, again: () => Promise<Store>): Promise<void> {
  const shop = site({ store })
  const ada = shop.browser()
  await ada.ask((session) => session.signIn('ada'))
  await ada.ask((session) => {
    session.data.note = 'kept'
  })
  await shop.sessions.close()
  const other = site({ store: await again(), now: () => shop.clock.now() })
  expect(await browserOf(other.sessions, shop.clock, ada.jar).ask(({ user, data }) => [user, data.note])).toEqual([
    'ada',
    'kept',
  ])
  await other.sessions.close()
  await store.close()
  await store.close()
}

test('memory:', async () => {
  const store = await openStore('memory:')
  expect(store.name).toBe('memory')
  await serves(store, async () => store)
})

test.each(['sqlite:', 'sqlite://'])('%sPATH', async (scheme) => {
  const url = `${scheme}${join(folder, 'sessions.db')}`
  await serves(await openStore(url), () => openStore(url))
})

describeOn(redis, 'redis://…', ({ url }) => {
  test.each([
    ['redis', 'redis'],
    ['redis', 'redis6'],
    ['ioredis', 'ioredis'],
    ['ioredis', 'ioredis6'],
    ['iovalkey', 'iovalkey'],
  ])('by %s (%s)', async (driver, folderOfIt) => {
    const open = (): Promise<Store> => openStore(url, only(driver, folderOfIt))
    await serves(await open(), open)
  })

  test('its client resends nothing by itself, so that there is nothing to say of it', async () => {
    for (const driver of ['redis', 'ioredis']) {
      const warned: unknown[] = []
      const { warn } = console
      console.warn = (...args: unknown[]) => void warned.push(args)
      try {
        const store = await openStore(url, only(driver))
        await store.get('h'.repeat(22), Date.now())
        await store.close()
      } finally {
        console.warn = warn
      }
      expect(warned).toEqual([])
    }
  })
})

describeOn(postgres, 'postgres://…', ({ url }) => {
  test.each(['pg', 'postgres'])('by %s, its table set up', async (driver) => {
    for (const scheme of ['postgres', 'postgresql']) {
      const open = (): Promise<Store> => openStore(url.replace(/^\w+/, scheme), only(driver))
      await serves(await open(), open)
    }
  })
})

describe('what cannot be opened', () => {
  test.each([
    ['redis://127.0.0.1:1', 'npm install redis'],
    ['rediss://127.0.0.1:1', 'npm install redis'],
    ['postgres://127.0.0.1:1/x', 'npm install pg'],
    ['postgresql://127.0.0.1:1/x', 'npm install pg'],
  ])('%s without a driver names the package to install', async (url, remedy) => {
    const opened = openStore(url, none)
    await expect(opened).rejects.toMatchObject({ code: 'HOLDFAST_STORE_DRIVER' })
    await expect(opened).rejects.toThrow(remedy)
  })

  test.each([
    ['redis', 'redis://ada:hunter2@127.0.0.1:1'],
    ['ioredis', 'redis://ada:hunter2@127.0.0.1:1'],
    ['redis', 'rediss://ada:hunter2@127.0.0.1:1'],
    ['pg', 'postgres://ada:hunter2@127.0.0.1:1/x'],
    ['postgres', 'postgres://ada:hunter2@127.0.0.1:1/x'],
    ['redis', 'redis://ada:hunter2@127.0.0.1:99999'],
    ['ioredis', 'redis://ada:hunter2@127.0.0.1:99999'],
    ['postgres', 'postgres://ada:hunter2@127.0.0.1:99999/x'],
  ])('by %s a server that is not there: %s', async (driver, url) => {
    const error = await openStore(url, only(driver)).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'HOLDFAST_STORE' })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
  })

  test.each(['', 'memory', 'memory:x', 'sqlite:', 'mysql://ada:hunter2@db/x', 'https://ada:hunter2@db'])(
    'another URL: %j',
    async (url) => {
      const error = await openStore(url).catch((thrown: Error) => thrown)
      expect(error).toMatchObject({ code: 'HOLDFAST_CONFIG' })
      expect((error as Error).message).not.toContain('hunter2')
    },
  )
})
