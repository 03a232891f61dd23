import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type ConnectStoreOptions, connectStore } from '../../../src/compat/connect/index.js'
import { createSessions } from '../../../src/create-sessions.js'
import type { Row, Store } from '../../../src/engine/row.js'
import { memoryStore } from '../../../src/stores/memory.js'
import { fakeClock } from '../../../src/testing/fake-clock.js'
import { session as expressSession } from './express-session.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** What express-session hands to a store, as JSON: the cookie ends with the browser, or after `maxAge`. */
function cookieOf(maxAge: number | null, now: number) {
  const expires = maxAge === null ? null : new Date(now + maxAge).toISOString()
  return { originalMaxAge: maxAge, expires, httpOnly: true, path: '/' }
}

function opened(options: ConnectStoreOptions = {}, rows: Store = memoryStore()) {
  const clock = fakeClock(1_800_000_000_000)
  return { clock, rows, store: connectStore(rows, { now: clock.now, sweep: false, ...options }) }
}

/** All rows of a store, as text. */
async function everything(rows: Store, now: number): Promise<string> {
  const { rows: found } = await rows.find({ all: true }, now, null, 100)
  const whole = await Promise.all(found.map((row) => rows.get(row.handle, now)))
  return JSON.stringify(whole, (_key, value) => (value instanceof Map ? [...value] : value))
}

async function onlyRow(rows: Store, now: number): Promise<Row> {
  const { rows: found } = await rows.find({ all: true }, now, null, 2)
  expect(found).toHaveLength(1)
  return (await rows.get(found[0]?.handle ?? '', now)) as Row
}

test('a session comes back as it was stored, cookie and all, in the order of its properties', async () => {
  const { store, clock } = opened()
  for (const maxAge of [null, HOUR]) {
    const session = { cookie: cookieOf(maxAge, clock.now()), z: [1, { a: null }], a: 'text', 'a.b$': true }
    await store.set(`sid${maxAge}`, session)
    expect(JSON.stringify(await store.get(`sid${maxAge}`))).toBe(JSON.stringify(session))
  }
})

test('dates are stored as text, and what JSON leaves out is left out', async () => {
  const { store, clock } = opened()
  await store.set('sid', { cookie: cookieOf(null, clock.now()), at: new Date(0), none: undefined, act: () => 1 })
  expect(await store.get('sid')).toEqual({ cookie: cookieOf(null, 0), at: '1970-01-01T00:00:00.000Z' })
})

test('every act calls back outside of its promise, or answers with a promise where there is no callback', async () => {
  const { store, clock } = opened()
  const session = { cookie: cookieOf(null, clock.now()) }
  const called = (act: (callback: (...args: unknown[]) => void) => unknown): Promise<unknown[]> =>
    new Promise((resolve) => {
      expect(act((...args) => resolve(args))).toBeUndefined()
    })
  expect(await called((callback) => store.set('sid', session, callback))).toEqual([null, undefined])
  expect(await called((callback) => store.get('sid', callback))).toEqual([null, session])
  expect(await called((callback) => store.get('other', callback))).toEqual([null, null])
  expect(await called((callback) => store.touch('sid', session, callback))).toEqual([null, undefined])
  expect(await called((callback) => store.length(callback))).toEqual([null, 1])
  expect(await called((callback) => store.destroy('sid', callback))).toEqual([null, undefined])
  expect(await called((callback) => store.clear(callback))).toEqual([null, undefined])
  expect(await store.get('sid')).toBeNull()
  expect(await store.destroy('sid')).toBeUndefined()
})

test('ID-08: nothing that is stored is or contains the id, and the handle is a hash of it', async () => {
  const { store, rows, clock } = opened()
  await store.set('an-id-of-24-random-bytes', { cookie: cookieOf(null, clock.now()), user: 'ada' })
  expect(await everything(rows, clock.now())).not.toContain('an-id-of-24-random-bytes')
  const { handle } = await onlyRow(rows, clock.now())
  const digest = hash('sha256', 'holdfast/connect handle\nan-id-of-24-random-bytes', 'base64url')
  expect(handle).toMatch(/^[\w-]{22}$/)
  expect(handle.slice(0, 21)).toBe(digest.slice(0, 21))
  expect(await store.get(handle)).toBeNull()
})

describe('what a request has read', () => {
  test('LC-06: is not written back once it was destroyed, however often, nor made anew by touch', async () => {
    const { store, rows, clock } = opened()
    await store.set('sid', { cookie: cookieOf(null, clock.now()), n: 1 })
    const read = await store.get('sid')
    await store.destroy('sid')
    if (read === null) throw new Error('there is none')
    await store.set('sid', { ...read, n: 2 })
    await store.set('sid', Object.assign(read, { n: 3 }))
    await store.touch('sid', read)
    expect(await store.get('sid')).toBeNull()
    // Nor when the tombstone is gone and nothing is left of it.
    clock.advance(2 * DAY)
    rows.sweep?.(clock.now(), 10)
    await store.set('sid', read)
    await store.touch('sid', read)
    expect(await store.get('sid')).toBeNull()
  })

  test('is changed where it was changed, and merged where another changed the same property', async () => {
    const { store, clock } = opened()
    await store.set('sid', { cookie: cookieOf(null, clock.now()), cart: { a: 1, b: 1 }, theme: 'dark', gone: 1 })
    const [one, two] = [await store.get('sid'), await store.get('sid')]
    if (one === null || two === null) throw new Error('there is none')
    Object.assign(one, { cart: { a: 2, b: 1 }, theme: 'light' })
    Object.assign(two, { cart: { a: 1, b: 1, c: 1 }, fresh: true })
    delete two.gone
    await Promise.all([store.set('sid', one), store.set('sid', two)])
    const { cookie, ...fields } = (await store.get('sid')) ?? {}
    expect(fields).toEqual({ cart: { a: 2, b: 1, c: 1 }, theme: 'light', fresh: true })
  })

  test('is known again as the session that createSession made of it, and as that of load', async () => {
    const { store, clock } = opened()
    // The middleware gives the store what it is asked to make new sessions with.
    expressSession({ store, secret: 'a secret of the test', resave: false, saveUninitialized: false })
    await store.set('sid', { cookie: cookieOf(HOUR, clock.now()), a: 1, b: 1 })
    const data = await store.get('sid')
    if (data === null) throw new Error('there is none')
    const made = store.createSession({ sessionID: 'sid', sessionStore: store }, data)
    const loaded = await new Promise<{ b: number }>((resolve, reject) =>
      store.load<{ b: number }>('sid', (error, session) => (session ? resolve(session) : reject(error))),
    )
    Object.assign(made, { a: 2 })
    loaded.b = 2
    await store.set('sid', made)
    await store.set('sid', loaded)
    expect(await store.get('sid')).toMatchObject({ a: 2, b: 2 })
  })
})

test('what was not read replaces the whole', async () => {
  const { store, clock } = opened()
  await store.set('sid', { cookie: cookieOf(null, clock.now()), a: 1, b: 1 })
  await store.set('sid', { cookie: cookieOf(null, clock.now()), b: 2 })
  expect(await store.get('sid')).toEqual({ cookie: cookieOf(null, clock.now()), b: 2 })
})

test('LC-06: a session that is destroyed while it is stored for the first time is gone', async () => {
  const rows = memoryStore()
  let carryOut = () => {}
  const slow: Store = {
    ...bound(rows),
    create: async (row, now) => {
      await new Promise<void>((resolve) => {
        carryOut = resolve
      })
      return rows.create(row, now)
    },
  }
  const { store, clock } = opened({}, slow)
  const stored = store.set('sid', { cookie: cookieOf(null, clock.now()) })
  const destroyed = store.destroy('sid')
  await Promise.resolve()
  carryOut()
  await Promise.all([stored, destroyed])
  expect(await store.get('sid')).toBeNull()
})

describe('the end of a session', () => {
  test('TM-01: is that of its cookie, to the millisecond', async () => {
    const { store, clock } = opened()
    await store.set('sid', { cookie: cookieOf(HOUR, clock.now()) })
    clock.advance(HOUR - 1)
    expect(await store.get('sid')).not.toBeNull()
    clock.advance(1)
    expect(await store.get('sid')).toBeNull()
    expect(await store.length()).toBe(0)
  })

  test('TM-01: is ttl after it was last seen where the cookie does not say; a day unless another is named', async () => {
    for (const [ttl, millis] of [
      [undefined, DAY],
      ['2h', 2 * HOUR],
    ] as const) {
      const { store, clock } = opened(ttl === undefined ? {} : { ttl })
      const session = { cookie: cookieOf(null, clock.now()) }
      await store.set('sid', session)
      clock.advance(millis - 1)
      await store.touch('sid', session)
      clock.advance(millis - 1)
      expect(await store.get('sid')).toEqual(session)
      clock.advance(1)
      expect(await store.get('sid')).toBeNull()
    }
  })

  test('moves on with touch, only forward, and writes no other property', async () => {
    const { store, rows, clock } = opened()
    await store.set('sid', { cookie: cookieOf(HOUR, clock.now()), a: 1 })
    const [early, late] = [await store.get('sid'), await store.get('sid')]
    if (early === null || late === null) throw new Error('there is none')
    early.cookie = cookieOf(HOUR, clock.now() + 1_000) as never
    late.cookie = cookieOf(HOUR, clock.now() + 5_000) as never
    Object.assign(late, { a: 2 })
    await store.touch('sid', late)
    await store.touch('sid', early)
    expect(await store.get('sid')).toEqual({ cookie: cookieOf(HOUR, clock.now() + 5_000), a: 1 })
    expect((await onlyRow(rows, clock.now())).fields.get('a')).toBe('1')
  })

  test('comes sooner where the cookie was shortened, also if a request beside it still knows the old one', async () => {
    const { store, clock } = opened()
    await store.set('sid', { cookie: cookieOf(DAY, clock.now()) })
    const [shortening, other] = [await store.get('sid'), await store.get('sid')]
    if (shortening === null || other === null) throw new Error('there is none')
    shortening.cookie = cookieOf(60_000, clock.now()) as never
    await store.touch('sid', shortening)
    clock.advance(10_000)
    other.cookie = cookieOf(DAY, clock.now()) as never
    await store.touch('sid', other)
    expect(await store.get('sid')).toEqual({ cookie: cookieOf(60_000, clock.now()) })
    clock.advance(60_000)
    expect(await store.get('sid')).toBeNull()
  })

  test('touch creates none, and brings none back that is over', async () => {
    const { store, clock } = opened()
    const session = { cookie: cookieOf(HOUR, clock.now()) }
    await store.touch('sid', session)
    expect(await store.get('sid')).toBeNull()
    await store.set('sid', session)
    clock.advance(HOUR)
    await store.touch('sid', { cookie: cookieOf(HOUR, clock.now()) })
    expect(await store.get('sid')).toBeNull()
  })
})

test('length and clear leave the sessions of createSessions in the same store alone', async () => {
  const { store, rows, clock } = opened()
  const sessions = createSessions({
    store: rows,
    secret: 'Vh3Kd8Rz1Wq6Mx4Bn9Tf2Lc7Yp5Gs0Jj',
    now: clock.now,
    sweep: false,
  })
  const own: Row = { ...row('a', clock.now()), user: 'ada' }
  await rows.create(own, clock.now())
  for (const sid of ['1', '2', '3']) await store.set(sid, { cookie: cookieOf(null, clock.now()) })
  expect(await store.length()).toBe(3)
  await store.clear()
  expect(await store.length()).toBe(0)
  expect(await store.get('1')).toBeNull()
  expect((await rows.get(own.handle, clock.now()))?.ended).toBeNull()
  await sessions.close()
})

test('dead rows are removed now and then, unless it is left to others', async () => {
  const rows = memoryStore()
  let swept = 0
  const counted: Store = {
    ...bound(rows),
    sweep: (now, limit) => {
      swept += 1
      return rows.sweep(now, limit)
    },
  }
  const { store } = opened({ sweep: 1 }, counted)
  await store.get('sid')
  await expect.poll(() => swept).toBeGreaterThan(1)
})

test('a write whose answer was lost is carried out once', async () => {
  const rows = memoryStore()
  let losses = 0
  const lossy: Store = {
    ...bound(rows),
    patch: (...args) => {
      const version = rows.patch(...args)
      losses += 1
      if (losses === 1) throw new Error('the answer was lost')
      return version
    },
  }
  const { store, clock } = opened({}, lossy)
  await store.set('sid', { cookie: cookieOf(null, clock.now()), list: [1] })
  const read = await store.get<{ list: number[] }>('sid')
  read?.list.push(2)
  await store.set('sid', read ?? {})
  expect(await store.get('sid')).toMatchObject({ list: [1, 2] })
})

describe('what fails', () => {
  test('for as long as it may take says that others kept changing the same', async () => {
    const rows = memoryStore()
    const { store, clock } = opened({ storeTimeout: 5 }, { ...bound(rows), patch: () => null })
    await store.set('sid', { cookie: cookieOf(null, clock.now()), n: 1 })
    const read = await store.get<{ n: number }>('sid')
    const change = Object.assign(read ?? {}, { n: 2 })
    await expect(store.set('sid', change)).rejects.toMatchObject({ code: 'HOLDFAST_CONFLICT' })
  })

  test('is said by the callback, and by the promise', async () => {
    const broken: Store = {
      ...bound(memoryStore()),
      get: () => Promise.reject(new Error('down')),
    }
    const { store } = opened({}, broken)
    await expect(store.get('sid')).rejects.toMatchObject({ code: 'HOLDFAST_STORE' })
    const error = await new Promise((resolve) => store.get('sid', resolve))
    expect(error).toMatchObject({ code: 'HOLDFAST_STORE', cause: new Error('down') })
  })

  test('is never a throw: what is not JSON, a name that no field can have, what no row can hold', async () => {
    const { store } = opened()
    const round: Record<string, unknown> = {}
    round.round = round
    await expect(store.set('sid', round)).rejects.toThrow(TypeError)
    await expect(store.set('sid', { big: 1n })).rejects.toThrow(TypeError)
    await expect(store.set('sid', { '': 1 })).rejects.toMatchObject({ code: 'HOLDFAST_NOT_DATA' })
    await expect(store.set('sid', { text: 'x'.repeat(5_000_000) })).rejects.toMatchObject({
      code: 'HOLDFAST_TOO_LARGE',
    })
    expect(await store.get('sid')).toBeNull()
  })

  test('is said at once where it is an option', () => {
    // @ts-expect-error: no store
    expect(() => connectStore({})).toThrow(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
    expect(() => connectStore(memoryStore(), { ttl: 0 })).toThrow(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
  })
})

/** The acts of a store, without its prototype. */
function bound(store: Store): Store {
  return {
    name: store.name,
    create: (...args) => store.create(...args),
    get: (...args) => store.get(...args),
    patch: (...args) => store.patch(...args),
    end: (...args) => store.end(...args),
    find: (...args) => store.find(...args),
    close: () => store.close(),
  }
}

function row(handle: string, now: number): Row {
  return {
    handle: handle.repeat(22),
    kind: 'session',
    user: null,
    link: null,
    facts: '1',
    keys: '1',
    fields: new Map(),
    version: 1,
    seenAt: now,
    expiresAt: now + DAY,
    ended: null,
    ops: [],
  }
}
