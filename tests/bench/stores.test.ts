import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from 'holdfast'
import { afterAll, describe, expect, test } from 'vitest'
import { copyOf, handleOf, spread } from '../../bench/copies.js'
import { bytesTable, evenTable, ratiosOf, type Size } from '../../bench/store-report.js'
import { acts, actsOn, firstRow } from '../../bench/stores/acts.js'
import { grounds } from '../../bench/stores/grounds.js'
import { timesOf } from '../../bench/turns.js'
import { describeOn } from '../../scripts/services/describe-on.js'
import { service } from '../../scripts/services/service.js'
import { root } from '../../scripts/steps.js'

// Their own: every row is counted.
const redis = await service('redis', { own: true })
const postgres = await service('postgres', { own: true })
afterAll(async () => {
  for (const server of [redis, postgres]) if ('stop' in server) await server.stop()
})

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

/** A bench that is filled otherwise than the store fills itself, or whose acts miss their rows, measures nothing. */
function testsOf({ open }: (typeof grounds)[keyof typeof grounds], url: string): void {
  test('is filled with what the store itself would have written, and every act meets the rows that it is about', async () => {
    const { store, fill, close } = await open(url)
    try {
      const row = await firstRow(store, 200)
      await fill(row, 250)
      expect(await sessionsIn(store)).toBe(251)
      for (const n of [1, 17, 250]) {
        const { rows } = await store.find({ user: `user-${n}` }, Date.now(), null, 10)
        expect(rows.map(({ handle }) => handle)).toEqual([handleOf(n)])
        expect(await store.get(handleOf(n), Date.now())).toEqual(copyOf(row, n))
      }

      const [times = {}] = await timesOf([await actsOn(store, row, 250)], 2)
      expect(Object.keys(times)).toEqual([...acts])
      for (const median of Object.values(times)) expect(median).toBeGreaterThan(0)
      // Neither a session too many nor one too few: ada's are there, bob's were revoked, and what was due is gone.
      expect(await sessionsIn(store)).toBe(251 + 5)
    } finally {
      await close()
    }
  })
}

describeOn(redis, 'Redis', ({ url }) => testsOf(grounds.redis, url))
describeOn(postgres, 'Postgres', ({ url }) => testsOf(grounds.postgres, url))
describe('SQLite', () => testsOf(grounds.sqlite, ''))

test('copies have handles of their own, and all of them are asked for in turn', () => {
  const numbers = Array.from({ length: 1_000 }, (_, turn) => spread(turn, 1_000))
  expect(new Set(numbers.map(handleOf)).size).toBe(1_000)
  expect(Math.min(...numbers)).toBe(1)
  expect(Math.max(...numbers)).toBe(1_000)
  expect(new Set(numbers.map((n) => handleOf(n).charAt(0))).size).toBe(64)
  for (const n of [1, 1_000_000]) expect(handleOf(n)).toMatch(/^[\w-]{22}$/)
})

describe('the places where acts are timed', () => {
  test('take turns, in an order that is reversed with every turn', async () => {
    const timed: string[] = []
    let prepared = 0
    const place = (name: string) => ({
      one: { act: async () => timed.push(name) && 1, rows: 1, turns: 1 },
      other: { before: () => (prepared += 1), act: async () => timed.push(`${name}!`) && 0, rows: 0, turns: 0.5 },
    })
    await timesOf([place('few'), place('many')], 2)
    expect(timed.filter((name) => !name.endsWith('!'))).toEqual(['few', 'many', 'many', 'few'])
    expect(timed.filter((name) => name.endsWith('!'))).toEqual(['few!', 'many!'])
    expect(prepared).toBe(2)
  })

  test('are refused where an act meets other rows than it should', async () => {
    const place = (met: number) => ({ one: { act: async () => met, rows: 1, turns: 1 } })
    const wrong = 'one was to be about 1 row(s), and was about 0'
    await expect(timesOf([place(1), place(0)], 1)).rejects.toThrow(wrong)
  })
})

describe('printed are', () => {
  const timesAt = (ratio: number) =>
    ratiosOf([2, 2 * ratio].map((millis) => Object.fromEntries(acts.map((act) => [act, millis]))))

  test('ratios, with what became of the goal', () => {
    const stores = {
      redis: { version: 'Redis 7', times: timesAt(1.5) },
      sqlite: { version: 'SQLite', times: timesAt(0.9) },
    }
    const [head, first, ...others] = evenTable([1_000, 1_000_000], stores).split('\n')
    expect(head?.split(/ {2,}/)).toEqual(['among 1000000 rows : among 1000', 'Redis 7', 'SQLite', 'wanted: to 1.5'])
    expect(first?.split(/ {2,}/)).toEqual(['get', '1.50', '0.90', 'reached'])
    expect(others).toHaveLength(acts.length - 1)
    const missed = evenTable([1_000, 1_000_000], { redis: { version: 'Redis 7', times: timesAt(1.51) } })
    expect(missed).toMatch(/1\.51 +missed/)
  })

  test('bytes, by what Redis uses and by keys', () => {
    const bytes = (used: number, session: number) => ({ used, keys: session + 10, byKind: { session, user: 10 } })
    const sizes = [{ bytes: 200, theirs: bytes(100, 90), ours: bytes(250, 190) }]
    const [, used, keys] = bytesTable('Redis 7', sizes).split('\n')
    expect(used?.split(/ {2,}/)).toEqual(['200 B of JSON, used_memory', '100', '250', '2.50 ×'])
    expect(keys?.split(/ {2,}/)).toEqual([
      '200 B of JSON, MEMORY USAGE of its keys',
      '100',
      '200',
      '2.00 ×',
      '190, 10, 0, 0',
    ])
  })
})

describeOn(redis, 'what a session takes in Redis', () => {
  test('is more than what it holds, its indexes included', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
    const report = join(folder, 'report.json')
    const node = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    try {
      node('node_modules/typescript/bin/tsc', '-b', 'packages/holdfast')
      node('bench/stores/run.js', 'stores', '--stores', '', '--sessions', '40', '--report', report)
      const { bytes }: { bytes: { sizes: Size[] } } = JSON.parse(readFileSync(report, 'utf8'))
      expect(bytes.sizes.map((size) => size.bytes)).toEqual([200, 2_000, 20_000])
      for (const { bytes: held, theirs, ours } of bytes.sizes) {
        for (const { used, keys } of [theirs, ours]) {
          expect(keys).toBeGreaterThan(held)
          expect(used).toBeGreaterThan(held)
        }
        expect(Object.keys(theirs.byKind)).toEqual(['session'])
        expect(Object.keys(ours.byKind).toSorted()).toEqual(['all', 'due', 'session', 'user'])
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
