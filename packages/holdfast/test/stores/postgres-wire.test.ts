import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service } from '../../../../scripts/services/service.js'
import type { Row } from '../../src/engine/row.js'
import { type PgPool, type PostgresStore, postgresStore } from '../../src/stores/postgres.js'
import { endRow, newEnding, newHandle, newOp, newRow, put } from '../../src/testing/store-kit/fixture.js'
import { type Connected, clients, newPool, newTable } from './postgres-clients.js'
import { type Tap, tap } from './postgres-tap.js'

const server = await service('postgres')
const now = Date.now()

describeOn(server, 'postgres on the wire', ({ url, stop }) => {
  let wire: Tap
  beforeAll(async () => {
    wire = await tap(url)
  })
  afterAll(async () => {
    await wire.close()
    await stop()
  })

  // The round trips of an act: where its statement is prepared, and the first time on a connection.
  const table = [
    ['pg', true, { later: 1, first: 1, planned: 1, script: 1 }],
    ['pg', false, { later: 1, first: 1, planned: 1, script: 1 }],
    ['postgres', true, { later: 1, first: 2, planned: 2, script: 1 }],
    ['postgres', false, { later: 2, first: 2, planned: 2, script: 1 }],
  ] as const
  for (const [library, prepare, cost] of table) {
    describe(`${library}, prepare: ${prepare}`, () => {
      let connected: Connected
      let store: PostgresStore
      const trips = async (work: () => unknown): Promise<number> => (await wire.heard(work)).roundTrips
      const live = (row: Partial<Row> = {}): Promise<Row> => put(store, now, { user: 'ada', link: 'sid-1', ...row })

      beforeAll(async () => {
        connected = clients[library]?.(wire.url, 1) as Connected
        store = postgresStore(connected.client, { table: newTable(), prepare })
        // The connection is there, and what the library itself asks for first has been asked.
        await store.setup()
      })
      afterAll(() => connected.close())

      test('an act costs what the page on stores says', async () => {
        expect(await trips(() => store.get(newHandle(), now))).toBe(cost.first)
        const row = await live()
        await store.patch(row.handle, { op: newOp() }, now)
        await store.end((await live()).handle, newEnding(now, { ifKeys: '1none' }), now)
        await store.find({ user: 'ada' }, now, null, 10)
        await store.find({ link: 'sid-1' }, now, null, 10)

        expect(await trips(() => store.get(row.handle, now))).toBe(cost.later)
        expect(await trips(() => store.get(newHandle(), now))).toBe(cost.later)
        expect(await trips(() => live())).toBe(cost.later)
        expect(await trips(() => live({ handle: row.handle })), 'sent again').toBe(cost.later)
        expect(await trips(async () => store.create(newRow(now, { handle: row.handle, keys: '1b' }), now))).toBe(
          cost.later,
        )
        const patch = { set: new Map([['a', '1']]), ifFields: new Map([['a', null]]), op: newOp() }
        expect(await trips(() => store.patch(row.handle, patch, now)), 'applied').toBe(cost.later)
        expect(await trips(() => store.patch(row.handle, patch, now)), 'refused').toBe(cost.later)
        expect(await trips(() => store.end(newHandle(), newEnding(now), now)), 'missing').toBe(cost.later)
        const guarded = newEnding(now, { ifKeys: '1none' })
        expect(await trips(() => store.end(row.handle, guarded, now)), 'guarded').toBe(2 * cost.later)
        expect(await trips(() => endRow(store, row.handle, newEnding(now), now))).toBe(cost.later)
        expect(await trips(() => store.find({ user: 'ada' }, now, null, 10))).toBe(cost.later)
        expect(await trips(() => store.find({ link: 'sid-1' }, now, null, 10))).toBe(cost.later)
        expect(await trips(() => store.find({ all: true }, now, null, 10))).toBe(cost.planned)
        expect(await trips(() => store.sweep(now, 10))).toBe(cost.planned)
        const { client } = connected
        expect(await trips(() => store.setup()), 'up to date').toBe('unsafe' in client ? cost.script : cost.planned)
        const another = postgresStore(client, { table: newTable(), prepare })
        expect(await trips(() => another.setup()), 'a new table').toBe(cost.script * 2)
      })

      test(prepare ? 'what is sent often is prepared once a connection' : 'nothing is prepared by a name', async () => {
        const { prepared } = await wire.heard(async () => {
          const { handle } = await live()
          for (let i = 0; i < 3; i += 1) {
            await store.get(handle, now)
            await store.patch(handle, { seenAt: now + i, op: newOp() }, now)
            await store.sweep(now, 10)
          }
          await store.end(handle, newEnding(now), now)
        })
        // All was prepared by the test before; a sweep is planned each time, with the values at hand.
        expect(prepared).toEqual(prepare ? ['', '', ''] : Array(11).fill(''))
      })
    })
  }

  test('two stores on one connection do not mistake the other’s prepared statements for their own', async () => {
    const pool = newPool(url, { max: 1 })
    const stores = [newTable(), newTable()].map((name) => postgresStore(pool, { table: name }))
    for (const store of stores) await store.setup()
    for (const store of [...stores, ...stores]) await put(store, now)
    for (const store of stores) expect((await store.find({ all: true }, now, null, 10)).rows).toHaveLength(2)
    await pool.end()
  })

  test('a guarded end tries again on what somebody else has made of the row meanwhile', async () => {
    const pool = newPool(url)
    const name = newTable()
    const other = postgresStore(pool, { table: name })
    await other.setup()
    const { handle } = await put(other, now)
    // The other process ends the row exactly between the two statements of a guarded end.
    let between: (() => unknown) | undefined = () => other.end(handle, newEnding(now, { reason: 'superseded' }), now)
    const client: PgPool = {
      async query(query) {
        if (query.text.startsWith('SELECT keys')) {
          await between?.()
          between = undefined
        }
        return await pool.query(query)
      },
    }
    const store = postgresStore(client, { table: name })
    const ended = await endRow(store, handle, newEnding(now, { reason: 'reused', ifKeys: '1second' }), now)
    expect(ended.ended?.reason).toBe('reused')
    await pool.end()
  })

  test('close closes nothing that was handed over', async () => {
    for (const [library, connect] of Object.entries(clients)) {
      const { client, close } = connect(url)
      const store = postgresStore(client, { table: newTable() })
      await store.setup()
      const row = await put(store, now)
      await store.close()
      await store.close()
      expect(await store.get(row.handle, now), library).not.toBeNull()
      await close()
    }
  })
})
