import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import type { Index, Millis, Store, Summary } from '../../engine/row.js'
import {
  type Declare,
  endRow,
  HOUR,
  MINUTE,
  newEnding,
  newOp,
  newRow,
  numbers,
  put,
  read,
  summaryOf,
} from './fixture.js'

/** `find`: live sessions by user, by link and all, a page at a time. */
export function testFind(test: Declare): void {
  test('find answers the sessions of a user, of a link, and all (LC-15)', async ({ store, other, now }) => {
    const first = await put(store, now, { user: 'ada', link: 'sid-1' })
    const second = await put(store, now, { user: 'ada', link: 'sid-2', seenAt: now - MINUTE })
    const third = await put(other, now, { user: 'bob', link: 'sid-1' })
    const visitor = await put(store, now)
    const linked = await put(store, now, { link: 'sid-2' })
    const check = async (index: Index, ...rows: Parameters<typeof summaryOf>[0][]) => {
      for (const client of [store, other]) assertFound(await all(client, index, now, 10), rows.map(summaryOf))
    }
    await check({ user: 'ada' }, first, second)
    await check({ user: 'bob' }, third)
    await check({ user: 'eve' })
    await check({ link: 'sid-1' }, first, third)
    await check({ link: 'sid-2' }, second, linked)
    await check({ link: 'sid-3' })
    await check({ all: true }, first, second, third, visitor, linked)
  })

  test('find answers what the rows are now, and neither keys nor fields nor ops', async ({ store, now }) => {
    const row = await put(store, now, { user: 'ada' })
    await store.patch(row.handle, { seenAt: now + 5, expiresAt: row.expiresAt + 5, op: newOp() }, now)
    const [found] = await all(store, { user: 'ada' }, now, 10)
    assert.ok(found !== undefined)
    assert.deepStrictEqual({ ...found }, summaryOf(await read(store, row.handle, now)))
    assert.deepStrictEqual([found.version, found.seenAt, found.expiresAt], [2, now + 5, row.expiresAt + 5])
  })

  test('find never answers records', async ({ store, now }) => {
    await put(store, now, { kind: 'record', user: 'ada', link: 'sid-1' })
    await put(store, now, { kind: 'record' })
    for (const index of [{ user: 'ada' }, { link: 'sid-1' }, { all: true }] as const) {
      assert.deepStrictEqual(await all(store, index, now, 10), [])
    }
  })

  test('find never answers ended rows (LC-06)', async ({ store, other, now }) => {
    const live = await put(store, now, { user: 'ada', link: 'sid-1' })
    for (const reason of ['superseded', 'signed-out'] as const) {
      const { handle } = await put(store, now, { user: 'ada', link: 'sid-1' })
      await endRow(store, handle, newEnding(now, { reason }), now)
    }
    for (const index of [{ user: 'ada' }, { link: 'sid-1' }, { all: true }] as const) {
      assertFound(await all(other, index, now, 10), [summaryOf(live)])
    }
  })

  test('find never answers a row from its expiresAt on (TM-05)', async ({ store, now }) => {
    const short = await put(store, now, { user: 'ada', link: 'sid-1' })
    const long = await put(store, now, { user: 'ada', link: 'sid-1', expiresAt: now + 2 * HOUR })
    for (const index of [{ user: 'ada' }, { link: 'sid-1' }, { all: true }] as const) {
      assertFound(await all(store, index, short.expiresAt - 1, 10), [summaryOf(short), summaryOf(long)])
      assertFound(await all(store, index, short.expiresAt, 10), [summaryOf(long)])
    }
  })

  test('users and links are told apart byte by byte', async ({ store, other, now }) => {
    const handles = new Map<string, string>()
    for (const name of OWNERS) handles.set(name, (await put(store, now, { user: name, link: name })).handle)
    assert.equal(handles.size, OWNERS.length)
    for (const [name, handle] of handles) {
      for (const index of [{ user: name }, { link: name }]) {
        const found = await all(other, index, now, 10)
        assert.deepStrictEqual(
          found.map((summary) => [summary.handle, summary.user, summary.link]),
          [[handle, name, name]],
        )
      }
    }
  })

  test('a user and a link of the same text are two things', async ({ store, now }) => {
    const user = await put(store, now, { user: 'same' })
    const link = await put(store, now, { link: 'same' })
    assertFound(await all(store, { user: 'same' }, now, 10), [summaryOf(user)])
    assertFound(await all(store, { link: 'same' }, now, 10), [summaryOf(link)])
  })

  test('find pages: at most limit rows, none twice, none left out', async ({ store, now }) => {
    const mine: Summary[] = []
    const everyone: Summary[] = []
    for (let i = 0; i < 23; i += 1) {
      const row = summaryOf(await put(store, now, { user: 'ada', link: 'sid-1', seenAt: now - (i % 3) }))
      mine.push(row)
      everyone.push(row, summaryOf(await put(store, now, { user: `user-${i}` })))
      await put(store, now, { kind: 'record' })
    }
    for (const limit of [1, 7, 22, 23, 24, 100]) {
      assertFound(await all(store, { user: 'ada' }, now, limit), mine)
      assertFound(await all(store, { link: 'sid-1' }, now, limit), mine)
      assertFound(await all(store, { all: true }, now, limit), everyone)
    }
  })

  for (const index of [{ user: 'ada' }, { link: 'sid-1' }, { all: true }] as const) {
    test(`find pages (${Object.keys(index)}) while rows come and go: what was live throughout comes once`, async (clients) => {
      const { store, other, now } = clients
      const rows = await Promise.all(
        numbers(30).map((i) => put(store, now, { user: 'ada', link: 'sid-1', seenAt: now - i })),
      )
      const leaving = new Set(rows.filter((_, i) => i % 3 === 0).map((row) => row.handle))
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page = await store.find(index, now, cursor, 4)
        seen.push(...page.rows.map((summary) => summary.handle))
        cursor = page.cursor
        // Between two pages: one that was on the last page ends, one of the others ends, one comes, one is touched.
        const last = page.rows.at(-1)?.handle
        for (const handle of [last, ...leaving]) {
          if (handle === undefined || !leaving.delete(handle)) continue
          await other.end(handle, newEnding(now), now)
          break
        }
        await put(other, now, { user: 'ada', link: 'sid-1' })
        await other.patch(rows[7]?.handle ?? '', { seenAt: now + seen.length, expiresAt: now + 2 * HOUR }, now)
        assert.ok(seen.length < 1_000, 'the pages come to an end')
      } while (cursor !== null)
      assert.equal(new Set(seen).size, seen.length, 'none twice')
      const stayed = rows.filter((row, i) => i % 3 !== 0 || leaving.has(row.handle)).map((row) => row.handle)
      assert.deepStrictEqual(
        stayed.filter((handle) => !seen.includes(handle)),
        [],
        'none left out',
      )
    })
  }

  test('a cursor stands on its own: the row it came from may be gone', async ({ store, other, now }) => {
    const rows = await Promise.all(numbers(9).map(() => put(store, now, { user: 'ada' })))
    const first = await store.find({ user: 'ada' }, now, null, 4)
    for (const { handle } of first.rows) await store.end(handle, newEnding(now), now)
    const seen = new Set(first.rows.map((summary) => summary.handle))
    const rest = rows.filter((row) => !seen.has(row.handle)).map(summaryOf)
    assertFound(await all(other, { user: 'ada' }, now, 4, first.cursor), rest)
  })

  test('a row that was replaced is found under its new user only', async ({ store, now }) => {
    const row = await put(store, now, { user: 'ada', link: 'sid-1' })
    const later = row.expiresAt + MINUTE
    const second = newRow(later, { handle: row.handle, user: 'bob', link: 'sid-2' })
    await store.create(second, later)
    for (const index of [{ user: 'ada' }, { link: 'sid-1' }])
      assert.deepStrictEqual(await all(store, index, later, 10), [])
    for (const index of [{ user: 'bob' }, { link: 'sid-2' }, { all: true }] as const) {
      assertFound(await all(store, index, later, 10), [summaryOf(second)])
    }
  })
}

/** Every page, one after the other. */
async function all(
  store: Store,
  index: Index,
  now: Millis,
  limit: number,
  from: string | null = null,
): Promise<Summary[]> {
  const found: Summary[] = []
  let cursor = from
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await store.find(index, now, cursor, limit)
    assert.ok(page.rows.length <= limit, `a page of ${limit} has at most ${limit} rows, not ${page.rows.length}`)
    found.push(...page.rows)
    if (page.cursor === null) return found
    cursor = page.cursor
  }
  return assert.fail('the pages come to an end')
}

/** The same rows, in any order, none twice. */
function assertFound(found: readonly Summary[], expected: readonly Summary[]): void {
  const sorted = (rows: readonly Summary[]) =>
    rows.map((row) => ({ ...row })).sort((a, b) => (a.handle < b.handle ? -1 : 1))
  assert.deepStrictEqual(sorted(found), sorted(expected))
}

/** Users and links that a database may take for each other, or for part of a query. */
const OWNERS: readonly string[] = [
  'alice',
  'Alice',
  'ALICE',
  'alice ',
  ' alice',
  'alice\t',
  'alice\n',
  'álice',
  'a\u0301lice',
  'ａlice',
  'straße',
  'strasse',
  '1',
  '01',
  '1.0',
  '+1',
  '1e0',
  'null',
  'true',
  ' ',
  '*',
  '%',
  '_',
  'a_ice',
  "o'neil",
  '"alice"',
  '\\alice',
  'alice:1',
  'alice,bob',
  '{alice}',
  'alice\u200b',
  '😀',
  '\ufeffalice',
  'x'.repeat(512),
  `${'x'.repeat(511)}X`,
  'ü'.repeat(256),
  randomBytes(384).toString('base64'),
]
