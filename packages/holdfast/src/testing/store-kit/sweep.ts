import { strict as assert } from 'node:assert'
import type { Millis, Row, Store } from '../../engine/row.js'
import {
  assertRow,
  type Declare,
  endRow,
  HOUR,
  MINUTE,
  newEnding,
  newHandle,
  newRow,
  numbers,
  put,
  read,
} from './fixture.js'

/** `sweep`: I7. Where the server expires rows itself, that there is none. */
export function testSweep(test: Declare, sweeps: boolean): void {
  if (!sweeps) {
    test('there is no sweep: the server expires rows itself', async ({ store }) => {
      assert.equal(store.sweep, undefined)
    })
    return
  }

  test('sweep claims rows from their expiresAt on, once, and removes them', async ({ store, other, now }) => {
    const user = await put(store, now, { user: 'ada', link: 'sid-1' })
    const record = await put(store, now, { kind: 'record' })
    const later = await put(store, now, { expiresAt: now + HOUR + 1 })
    assert.deepStrictEqual(await sweep(store, user.expiresAt - 1, 10), [])
    const swept = await sweep(store, user.expiresAt, 10)
    assertSwept(swept, [user, record])
    assert.deepStrictEqual(await sweep(other, user.expiresAt, 10), [])
    for (const { handle } of swept) assert.equal(await store.get(handle, user.expiresAt, true), null)
    assertRow(await read(store, later.handle, now), later)
  })

  test('sweep claims tombstones from their until on, with how they ended', async ({ store, now }) => {
    const until = now + 10 * MINUTE
    const over: Row[] = []
    for (const reason of ['superseded', 'signed-out'] as const) {
      const { handle } = await put(store, now, { user: 'ada' })
      over.push(await endRow(store, handle, newEnding(now, { reason, successor: newHandle(), until }), now))
    }
    assert.deepStrictEqual(await sweep(store, until - 1, 10), [])
    assertSwept(await sweep(store, until, 10), over)
    assert.deepStrictEqual(await sweep(store, until, 10), [])
  })

  test('a tombstone stands until its until, also past the expiresAt of the row (LC-06)', async ({ store, now }) => {
    const row = await put(store, now)
    const ended = await endRow(store, row.handle, newEnding(now, { until: now + 2 * HOUR }), now)
    assert.deepStrictEqual(await sweep(store, row.expiresAt + MINUTE, 10), [])
    assertRow(await read(store, row.handle, now), ended)
    assertSwept(await sweep(store, now + 2 * HOUR, 10), [ended])
  })

  test('sweep never claims live rows, however often they were touched', async ({ store, now }) => {
    const row = await put(store, now)
    await store.patch(row.handle, { expiresAt: row.expiresAt + HOUR }, now)
    assert.deepStrictEqual(await sweep(store, row.expiresAt, 10), [])
    assert.deepStrictEqual(await sweep(store, row.expiresAt + HOUR - 1, 10), [])
    assert.equal((await read(store, row.handle, now)).ended, null)
    assert.equal((await sweep(store, row.expiresAt + HOUR, 10)).length, 1)
  })

  test('sweep claims at most limit rows at a time', async ({ store, now }) => {
    const rows = await Promise.all(numbers(12).map(() => put(store, now)))
    const late = now + 2 * HOUR
    const swept: Row[] = []
    for (const expected of [5, 5, 2, 0]) {
      const claimed = await sweep(store, late, 5)
      assert.equal(claimed.length, expected)
      swept.push(...claimed)
    }
    assertSwept(swept, rows)
  })

  test('several callers at once claim different rows', async ({ store, other, now }) => {
    const rows = await Promise.all(numbers(60).map(() => put(store, now)))
    const late = now + 2 * HOUR
    const callers = numbers(6).map(async (caller) => {
      const claimed: Row[] = []
      for (;;) {
        const some = await sweep(caller % 2 === 0 ? store : other, late, 7)
        if (some.length === 0) return claimed
        claimed.push(...some)
        assert.ok(claimed.length <= rows.length, 'what was claimed is not claimed again')
      }
    })
    assertSwept((await Promise.all(callers)).flat(), rows)
  })

  test('a handle is free once its row was swept', async ({ store, now }) => {
    const { handle } = await put(store, now)
    const late = now + 2 * HOUR
    await sweep(store, late, 10)
    const second = newRow(late, { handle })
    assert.equal(await store.create(second, late), true)
    assertRow(await read(store, handle, late), second)
  })
}

async function sweep(store: Store, now: Millis, limit: number): Promise<readonly Row[]> {
  assert.ok(store.sweep !== undefined, 'the store has a sweep')
  return await store.sweep(now, limit)
}

/** The same rows, in any order, each once. */
function assertSwept(swept: readonly Row[], expected: readonly Row[]): void {
  const byHandle = new Map(swept.map((row) => [row.handle, row]))
  assert.equal(byHandle.size, swept.length, 'none twice')
  assert.equal(swept.length, expected.length)
  for (const row of expected) assertRow(byHandle.get(row.handle) ?? null, row)
}
