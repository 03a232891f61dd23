import { describe, expect, test } from 'vitest'
import type { HoldfastError } from '../../src/engine/errors.js'
import type { Row } from '../../src/engine/row.js'
import { memoryStore } from '../../src/stores/memory.js'
import { HOUR, MINUTE, newEnding, newOp, newRow, numbers } from '../../src/testing/store-kit/fixture.js'
import { storeKit } from '../../src/testing/store-kit.js'

storeKit({
  name: 'memory',
  test: (name, fn) => test(name, fn, 60_000),
  open: async () => {
    const store = memoryStore()
    return { store, close: async () => store.close() }
  },
  runs: 20,
})

const now = Date.UTC(2026, 0, 1)

/** The code that an act throws, `undefined` where it throws nothing. */
function codeOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return (error as HoldfastError).code
  }
}

describe('memory: bounds', () => {
  test('PL-15: a flood of visitors stays below the limit and evicts no user', () => {
    const store = memoryStore({ maxSessions: 1_000 })
    const users = numbers(500).map((i) => newRow(now, { user: `user-${i}`, seenAt: now - HOUR }))
    for (const row of users) store.create(row, now)
    for (const i of numbers(200_000)) store.create(newRow(now + i), now + i)
    expect(store.counts()).toEqual({ visitors: 500, users: 500, records: 0, tombstones: 0 })
    for (const { handle } of users) expect(store.get(handle)).not.toBeNull()
    expect(store.find({ all: true }, now, null, 10_000).rows).toHaveLength(1_000)
  })

  test('the visitor that was seen longest ago makes room, a touch counting', () => {
    const store = memoryStore({ maxSessions: 3 })
    const [first, second, third] = [3, 2, 1].map((age) => newRow(now, { seenAt: now - age * MINUTE })) as [
      Row,
      Row,
      Row,
    ]
    for (const row of [second, first, third]) store.create(row, now)
    store.patch(first.handle, { seenAt: now }, now)
    const isThere = () => [first, second, third].map((row) => store.get(row.handle) !== null)
    store.create(newRow(now, { seenAt: now + 1 }), now)
    expect(isThere()).toEqual([true, false, true])
    store.create(newRow(now, { seenAt: now + 2 }), now)
    expect(isThere()).toEqual([true, false, false])
    store.create(newRow(now, { seenAt: now + 3 }), now)
    expect(isThere()).toEqual([false, false, false])
  })

  test('an evicted row is gone: nothing finds it, nothing brings it back, no sweep answers it', () => {
    const store = memoryStore({ maxSessions: 1 })
    const row = newRow(now, { link: 'sid-1' })
    store.create(row, now)
    store.create(newRow(now, { user: 'ada' }), now)
    expect(store.get(row.handle)).toBeNull()
    expect(store.patch(row.handle, { set: new Map([['a', '1']]), op: newOp() }, now)).toBeNull()
    expect(store.end(row.handle, newEnding(now), now)).toBeNull()
    expect(store.find({ link: 'sid-1' }, now, null, 10).rows).toEqual([])
    expect(store.sweep(now, 10)).toEqual([])
  })

  test('a user makes room for another user only where no visitor is left', () => {
    const store = memoryStore({ maxSessions: 3 })
    const [old, young] = [newRow(now, { user: 'ada', seenAt: now - HOUR }), newRow(now, { user: 'bob' })]
    const visitor = newRow(now, { seenAt: now + HOUR })
    for (const row of [old, young, visitor]) store.create(row, now)
    const isThere = () => [old, young, visitor].map((row) => store.get(row.handle) !== null)
    store.create(newRow(now, { user: 'cyd' }), now)
    expect(isThere()).toEqual([true, true, false])
    store.create(newRow(now, { user: 'dan' }), now)
    expect(isThere()).toEqual([false, true, false])
    expect(store.counts()).toMatchObject({ visitors: 0, users: 3 })
  })

  test('PL-15: where all places are taken by users a visitor gets none', () => {
    const store = memoryStore({ maxSessions: 2 })
    for (const user of ['ada', 'bob']) store.create(newRow(now, { user }), now)
    expect(codeOf(() => store.create(newRow(now), now))).toBe('HOLDFAST_STORE_FULL')
    expect(store.counts()).toMatchObject({ visitors: 0, users: 2 })
  })

  test('an expired session makes room before a live one', () => {
    const store = memoryStore({ maxSessions: 3 })
    const live = newRow(now, { seenAt: now - HOUR })
    store.create(live, now)
    for (const _ of numbers(2)) store.create(newRow(now, { user: 'ada', expiresAt: now + MINUTE }), now)
    for (const _ of numbers(2)) store.create(newRow(now), now + MINUTE)
    expect(store.get(live.handle)).not.toBeNull()
    expect(store.counts()).toMatchObject({ visitors: 3, users: 0 })
  })

  test('records have a limit of their own, and are never evicted', () => {
    const store = memoryStore({ maxSessions: 10, maxRecords: 3 })
    const records = numbers(3).map((i) =>
      newRow(now, { kind: 'record', seenAt: now - HOUR, expiresAt: now + HOUR + i }),
    )
    for (const row of records) store.create(row, now)
    expect(codeOf(() => store.create(newRow(now, { kind: 'record' }), now))).toBe('HOLDFAST_STORE_FULL')
    for (const i of numbers(100)) store.create(newRow(now, { user: `user-${i}` }), now)
    for (const { handle } of records) expect(store.get(handle)).not.toBeNull()
    expect(store.create(newRow(now, { kind: 'record' }), now + HOUR), 'the first has expired').toBe(true)
  })

  test('a record that is created again is no further one', () => {
    const store = memoryStore({ maxRecords: 1 })
    const row = newRow(now, { kind: 'record' })
    expect([store.create(row, now), store.create(row, now), store.create({ ...row, keys: '1b' }, now)]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('an end never fails, and its tombstone is never forgotten before its time', () => {
    const store = memoryStore({ maxSessions: 100, maxRecords: 5 })
    const rows = numbers(100).map((i) => newRow(now, { user: `user-${i}` }))
    for (const row of rows) store.create(row, now)
    for (const { handle } of rows) expect(store.end(handle, newEnding(now), now)).toMatchObject({ handle })
    expect(store.counts()).toEqual({ visitors: 0, users: 0, records: 0, tombstones: 100 })
    for (const row of rows) expect(store.create(row, now)).toBe(false)
  })

  test('PL-15: visitors cannot use up the tombstones that users need', () => {
    const store = memoryStore({ maxSessions: 20, maxRecords: 5 })
    const comeAndGo = () => {
      const row = newRow(now)
      store.create(row, now)
      store.end(row.handle, newEnding(now), now)
    }
    for (const _ of numbers(5)) comeAndGo()
    expect(codeOf(comeAndGo)).toBe('HOLDFAST_STORE_FULL')
    expect(store.create(newRow(now, { user: 'ada' }), now)).toBe(true)
    expect(store.create(newRow(now, { kind: 'record' }), now)).toBe(true)
    expect(store.create(newRow(now), now + 10 * MINUTE), 'they have left').toBe(true)
  })

  test('PL-15: whatever comes, the rows stay below twice maxRecords and maxSessions together', () => {
    const store = memoryStore({ maxSessions: 20, maxRecords: 5 })
    let refused = 0
    for (const i of numbers(500)) {
      const row = newRow(now, { user: i % 3 === 0 ? null : `user-${i}`, kind: i % 7 === 0 ? 'record' : 'session' })
      if (codeOf(() => store.create(row, now)) === undefined) store.end(row.handle, newEnding(now), now)
      else refused += 1
      const { visitors, users, records, tombstones } = store.counts()
      expect(records).toBeLessThanOrEqual(5)
      expect(visitors + users + Math.max(0, tombstones - 5)).toBeLessThanOrEqual(20)
    }
    expect(store.counts()).toEqual({ visitors: 0, users: 0, records: 5, tombstones: 25 })
    expect(refused).toBe(470)
  })

  test('a limit that is none is refused', () => {
    for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(codeOf(() => memoryStore({ maxSessions: limit }))).toBe('HOLDFAST_CONFIG')
      expect(codeOf(() => memoryStore({ maxRecords: limit }))).toBe('HOLDFAST_CONFIG')
    }
  })
})

describe('memory: dead rows leave by themselves', () => {
  test('expired sessions and records, tombstones past their until: nobody calls sweep', () => {
    const store = memoryStore()
    for (const minute of numbers(60 * 24)) {
      const at = now + minute * MINUTE
      store.create(newRow(at), at)
      store.create(newRow(at, { user: 'ada' }), at)
      const row = newRow(at, { user: 'bob' })
      store.create(row, at)
      store.end(row.handle, newEnding(at), at)
      store.create(newRow(at, { kind: 'record', expiresAt: at + 30 * MINUTE }), at)
    }
    const { visitors, users, records, tombstones } = store.counts()
    expect(visitors).toBeLessThanOrEqual(61)
    expect(users).toBeLessThanOrEqual(61)
    expect(records).toBeLessThanOrEqual(31)
    expect(tombstones).toBeLessThanOrEqual(11)
  })

  test('a row that was touched stays', () => {
    const store = memoryStore()
    const row = newRow(now)
    store.create(row, now)
    store.patch(row.handle, { seenAt: now + MINUTE, expiresAt: now + 2 * HOUR }, now)
    for (const _ of numbers(10)) store.create(newRow(now + HOUR), now + HOUR)
    expect(store.get(row.handle)).not.toBeNull()
    for (const _ of numbers(10)) store.create(newRow(now + 2 * HOUR), now + 2 * HOUR)
    expect(store.get(row.handle)).toBeNull()
  })

  test('sweep still answers each expired session once, whoever collected it', () => {
    const store = memoryStore()
    const rows = numbers(50).map((i) => newRow(now, { user: `user-${i}` }))
    for (const row of rows) store.create(row, now)
    const later = now + HOUR
    for (const _ of numbers(20)) store.create(newRow(later), later)
    expect(store.counts()).toMatchObject({ visitors: 20, users: 10 })
    const swept = [store.sweep(later, 30), store.sweep(later, 30), store.sweep(later, 30)]
    expect(swept.map((some) => some.length)).toEqual([30, 20, 0])
    expect(new Set(swept.flat().map((row) => row.handle))).toEqual(new Set(rows.map((row) => row.handle)))
    for (const row of swept.flat()) expect(row).toMatchObject({ facts: row.facts, ended: null, expiresAt: now + HOUR })
  })

  test('an expired session that a new row replaced is still answered by sweep', () => {
    const store = memoryStore()
    const row = newRow(now, { user: 'ada' })
    store.create(row, now)
    store.create({ ...newRow(now + HOUR), handle: row.handle }, now + HOUR)
    expect(store.sweep(now + HOUR, 10)).toMatchObject([{ handle: row.handle, user: 'ada' }])
  })

  test('what waits for a sweep that nobody calls is bounded, and has no fields', () => {
    const store = memoryStore({ maxRecords: 10 })
    for (const i of numbers(1_000)) store.create(newRow(now + i * HOUR), now + i * HOUR)
    const swept = store.sweep(now + 999 * HOUR, 10_000)
    expect(swept).toHaveLength(10)
    for (const row of swept) expect(row.fields.size).toBe(0)
  })
})
