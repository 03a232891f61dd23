import { expect, test } from 'vitest'
import { type ConnectedStore, connectStore, type OldStore } from '../../../src/compat/connect/index.js'
import { newOp } from '../../../src/engine/random.js'
import type { Row, Store } from '../../../src/engine/row.js'
import { interleave, type Scenario } from '../../../src/testing/interleave.js'

const now = Date.UTC(2030, 0, 1)

const cookie = { originalMaxAge: 3_600_000, expires: new Date(now + 3_600_000).toISOString() }

const OLD: Row = {
  handle: 'the-record-of-old-ones',
  kind: 'record',
  user: null,
  link: null,
  facts: '1',
  keys: '1',
  fields: new Map(),
  version: 1,
  seenAt: now,
  expiresAt: now + 3_600_000,
  ended: null,
  ops: [],
}

interface Data {
  cookie: { originalMaxAge: number; expires: string }
  list: string[]
  [field: string]: unknown
}

const onto = (store: Store): ConnectedStore => connectStore(store, { now: () => now, sweep: false })

type Process = (stage: { readonly store: Store }) => Promise<void>

/** A request that reads the session, changes it, and stores it twice, as a handler that saves does. */
function writes(change: (data: Data) => void): Process {
  return async ({ store }) => {
    const connected = onto(store)
    const data = await connected.get<Data>('sid')
    if (data === null) return
    change(data)
    data.cookie.expires = new Date(now + 3_600_001).toISOString()
    await connected.set('sid', data)
    await connected.set('sid', data)
  }
}

const destroys: Process = ({ store }) => onto(store).destroy('sid')

function scenario(
  name: string,
  processes: Record<string, Process>,
  laws: (data: Data | null, has: (process: string) => boolean) => void,
): Scenario<void, void> {
  return {
    name,
    setup: (store) => onto(store).set('sid', { cookie, list: ['z'] }),
    processes,
    laws: async (outcome) => {
      const data = await onto(outcome.store).get<Data>('sid')
      laws(data, (process) => outcome.results.get(process)?.status === 'returned')
    },
  }
}

const pushes = (item: string): Process => writes(({ list }) => void list.push(item))
const sets = (field: string): Process => writes((data) => void (data[field] = true))

test('LC-07: in every order of their acts, and with a fault at each, what writers were told is written is there once', async () => {
  const processes = { a: pushes('a'), b: pushes('b'), x: sets('x') }
  const tally = await interleave(
    scenario('writers on connectStore', processes, (data, has) => {
      expect(data?.list[0]).toBe('z')
      for (const item of ['a', 'b']) {
        const times = data?.list.filter((other) => other === item).length
        expect(times).toBeLessThanOrEqual(1)
        if (has(item)) expect(times).toBe(1)
      }
      if (has('x')) expect(data?.x).toBe(true)
    }),
    { limit: 2_000 },
  )
  expect(tally.schedules + tally.sampled).toBeGreaterThan(100)
})

test('LC-06: in every order of their acts, and with a fault at each, what was told to be destroyed is gone', async () => {
  const processes = { a: pushes('a'), x: sets('x'), destroy: destroys }
  const tally = await interleave(
    scenario('a destroy beside writers on connectStore', processes, (data, has) => {
      if (has('destroy')) expect(data).toBeNull()
      else if (data !== null && has('a')) expect(data.list).toContain('a')
    }),
    { limit: 2_000 },
  )
  expect(tally.schedules + tally.sampled).toBeGreaterThan(20)
})

/** An old store whose one record is a row of the same store, so that its acts have their places in the order too. */
function oldStore(store: Store): OldStore {
  return {
    get: async (_sid: string) => {
      const row = await store.get(OLD.handle, now)
      return row === null || row.ended !== null ? null : { cookie, list: ['z'] }
    },
    destroy: async (_sid: string) =>
      void (await store.end(OLD.handle, { op: newOp(), reason: 'revoked', until: now + 1 }, now)),
  }
}

test('LC-06: in every order of their acts, and with a fault at each, a session that is moved is one, or gone if it was destroyed', async () => {
  const coming = (store: Store) => connectStore(store, { now: () => now, sweep: false, from: oldStore(store) })
  const moves =
    (item: string): Process =>
    async ({ store }) => {
      const connected = coming(store)
      const data = await connected.get<Data>('sid')
      if (data === null) throw new Error('there is none')
      data.list.push(item)
      await connected.set('sid', data)
    }
  const ends: Process = ({ store }) => coming(store).destroy('sid')
  for (const processes of [
    { a: moves('a'), b: moves('b') },
    { a: moves('a'), destroy: ends },
    { destroy: ends, again: ends, a: moves('a') },
  ] as Record<string, Process>[]) {
    const tally = await interleave<void, void>(
      {
        name: `moving: ${Object.keys(processes)}`,
        setup: async (store) => void (await store.create(OLD, now)),
        processes,
        laws: async ({ results, store }) => {
          const data = await coming(store).get<Data>('sid')
          const has = (process: string) => results.get(process)?.status === 'returned'
          if (has('destroy') || has('again')) return expect(data).toBeNull()
          for (const item of ['a', 'b']) if (data !== null && has(item)) expect(data.list).toContain(item)
          if (!('destroy' in processes)) expect(data?.list[0]).toBe('z')
        },
      },
      { limit: 2_000 },
    )
    expect(tally.schedules).toBeGreaterThan(4)
  }
})

test('a rule taken out is found: without ifFields a push is lost', async () => {
  const blind = (store: Store): Store => ({
    name: store.name,
    create: (...args) => store.create(...args),
    get: (...args) => store.get(...args),
    patch: (handle, { ifFields: _ignored, ...patch }, at) => store.patch(handle, patch, at),
    end: (...args) => store.end(...args),
    find: (...args) => store.find(...args),
    close: () => store.close(),
  })
  const both = scenario('two pushes', { a: pushes('a'), b: pushes('b') }, (data) => {
    expect(data?.list.toSorted()).toEqual(['a', 'b', 'z'])
  })
  await expect(interleave(both, { limit: 2_000, faults: [] })).resolves.toMatchObject({ exhaustive: true })
  await expect(interleave(both, { limit: 2_000, faults: [], tamper: blind })).rejects.toThrow('two pushes')
})
