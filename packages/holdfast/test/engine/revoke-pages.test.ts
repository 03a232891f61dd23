import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from 'holdfast'
import { sqliteStore } from 'holdfast/sqlite'
import { afterAll, expect, test } from 'vitest'
import { type Browser, site } from '../support/site.js'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-revoke-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** More than one page of a user's sessions. */
const MANY = 130

test('LC-12 a step-up between two pages of a revocation takes nobody out of it', async () => {
  // This store has its pages in the order of the handles.
  const store: Store = sqliteStore(join(folder, 'sessions.db'))
  const shop = site({ store })
  const browsers: Browser[] = []
  for (let index = 0; index < MANY; index += 1) {
    const browser = shop.browser()
    await browser.ask((session) => session.signIn('ada'))
    browsers.push(browser)
  }
  const handleOf = async (browser: Browser): Promise<string> =>
    (await browser.ask((session) => session.handle)) as string
  const handles = new Map(await Promise.all(browsers.map(async (one) => [await handleOf(one), one] as const)))
  const [last] = [...handles].sort(([a], [b]) => (a < b ? 1 : -1))
  const moving = last?.[1] as Browser

  const { find } = store
  let moves = 0
  store.find = async (index, now, cursor, limit) => {
    if (cursor !== null && moves === 0) {
      do {
        await moving.ask((session) => session.stepUp())
        moves += 1
      } while ((await handleOf(moving)) > cursor)
    }
    return find.call(store, index, now, cursor, limit)
  }
  const { revoked } = await shop.sessions.revoke({ user: 'ada' })
  expect(moves).toBeGreaterThan(0)
  expect(revoked).toBe(MANY)
  for (const browser of browsers) expect(await browser.ask((session) => session.user)).toBeNull()
  await shop.sessions.close()
})
