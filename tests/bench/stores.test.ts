import { execFileSync } from 'node:child_process'
import type { Store } from 'holdfast'
import { expect, test } from 'vitest'
import { acts, firstRow, timesOf } from '../../bench/stores/acts.js'
import { grounds } from '../../bench/stores/grounds.js'
import { root } from '../../scripts/steps.js'

/** How many sessions a store holds. */
async function sessionsIn(store: Store): Promise<number> {
  let count = 0
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Store['find']>> = await store.find({ all: true }, Date.now(), cursor, 100)
    count += page.rows.length
    cursor = page.cursor
  } while (cursor !== null)
  return count
}

test.each(Object.entries(grounds))('%s is filled with copies that the store takes for its own', async (_name, open) => {
  const { store, copy, close } = await open()
  const row = await firstRow(store, 200)
  await copy(row, 250)
  expect(await sessionsIn(store)).toBe(251)
  const { rows } = await store.find({ user: 'user-17' }, Date.now(), null, 10)
  expect(rows).toHaveLength(1)
  const found = await store.get(rows[0]?.handle ?? '', Date.now())
  expect(found?.fields).toEqual(row.fields)
  const times = await timesOf(store, 2)
  expect(Object.keys(times)).toEqual([...acts])
  // Neither a session too many nor one too few: those of bob were revoked.
  expect(await sessionsIn(store)).toBe(251 + 6)
  await close()
})

test('what a session takes in Redis is more than what it holds', () => {
  const node = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  node('node_modules/typescript/bin/tsc', '-b', 'packages/holdfast')
  const said = node('bench/stores/run.js', 'stores', '--stores', '', '--sessions', '50')
  const [, theirs, ours] = /2000 B of JSON: connect-redis (\d+), holdfast (\d+)/.exec(said) ?? []
  for (const bytes of [theirs, ours]) expect(Number(bytes), said).toBeGreaterThan(2_000)
})
