import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import type { Row } from '../../src/engine/row.js'
import { postgresStore } from '../../src/stores/postgres.js'
import {
  endRow,
  MINUTE,
  newEnding,
  newHandle,
  newOp,
  newRow,
  numbers,
  put,
  read,
} from '../../src/testing/store-kit/fixture.js'
import { clients, newPool, newTable, withSetting } from './postgres-clients.js'
import { postgresKit } from './postgres-kit.js'

const usual = await service('postgres')
for (const server of [usual, await service('postgres-18')]) {
  afterAll(async () => void ('stop' in server && (await server.stop())))
  describeOn(server, `the store on ${server.service}`, ({ url }) => {
    for (const [library, connect] of Object.entries(clients)) {
      beforeAll(() => testedWith(server, library))
      postgresKit(library, url, () => connect(url), {}, server === usual ? 20 : 3)
    }
  })
}

describeOn(usual, 'the store on postgres', ({ url }) => {
  for (const [library, connect] of Object.entries(clients)) {
    postgresKit(`${library}, without prepared statements`, url, () => connect(url), { prepare: false }, 3)
  }

  // A statement that lost to another one is rolled back, and sent again.
  for (const isolation of ['repeatable read', 'serializable']) {
    const connect = () => {
      const client = newPool(withSetting(url, `default_transaction_isolation=${isolation}`))
      return { client, close: () => client.end() }
    }
    postgresKit(`pg, in a database that is ${isolation}`, url, connect, {}, 1)
  }

  test('the clock of the server decides nothing', async () => {
    const pool = newPool(url)
    for (const now of [Date.UTC(1999, 11, 31), Date.UTC(2999, 11, 31)]) {
      const store = postgresStore(pool, { table: newTable() })
      await store.setup()
      const row = await put(store, now, { user: 'ada' })
      expect(await store.create(newRow(now, { handle: row.handle, keys: '1second' }), now)).toBe(false)
      expect(await store.patch(row.handle, { seenAt: now + 1, op: newOp() }, row.expiresAt - 1)).toBe(2)
      expect(await store.patch(row.handle, { seenAt: now + 1, op: newOp() }, row.expiresAt)).toBeNull()
      expect((await store.find({ user: 'ada' }, now, null, 10)).rows).toHaveLength(1)
      expect(await store.sweep(row.expiresAt - 1, 10)).toEqual([])
      const other = await put(store, now)
      const { ended } = await endRow(store, other.handle, newEnding(now), now)
      expect(await store.sweep(row.expiresAt, 10)).toHaveLength(2)
      expect(ended?.until).toBe(now + 10 * MINUTE)
    }
    await pool.end()
  })

  test('LC-06: of two clients whose clocks are a minute apart neither takes back what the other did', async () => {
    const pool = newPool(url)
    const store = postgresStore(pool, { table: newTable() })
    await store.setup()
    const behind = Date.now()
    const ahead = behind + MINUTE
    const row = await put(store, ahead)
    await store.patch(row.handle, { seenAt: behind, expiresAt: behind + 60 * MINUTE, op: newOp() }, behind)
    const touched = await read(store, row.handle, behind)
    expect([touched.version, touched.seenAt, touched.expiresAt]).toEqual([2, row.seenAt, row.expiresAt])
    const ended = await endRow(store, row.handle, newEnding(ahead), ahead)
    expect(await store.patch(row.handle, { set: new Map([['a', '1']]), op: newOp() }, behind)).toBeNull()
    const again = await endRow(store, row.handle, newEnding(behind, { reason: 'superseded' }), behind)
    expect(again.ended).toEqual(ended.ended)
    await pool.end()
  })

  test('I8: of a touch and a sweep whose clock is ahead one comes first: what was acknowledged is not swept', async () => {
    const pool = newPool(url)
    const store = postgresStore(pool, { table: newTable() })
    await store.setup()
    const now = Date.now()
    for (const run of numbers(10)) {
      const rows = await Promise.all(numbers(40).map(() => put(store, now, { expiresAt: now + 1 })))
      const swept: Row[] = []
      const versions = await Promise.all(
        rows.map(async (row, i) => {
          const touch = store.patch(row.handle, { expiresAt: now + 60 * MINUTE, op: newOp() }, now)
          // The sweeps begin at another moment in each run.
          if ((i + run) % 5 === 0) swept.push(...(await store.sweep(now + 1, 5)))
          return await touch
        }),
      )
      for (const [i, row] of rows.entries()) {
        const isSwept = swept.some((other) => other.handle === row.handle)
        expect((await store.get(row.handle, now)) === null).toBe(isSwept)
        expect(versions[i]).toBe(isSwept ? null : 2)
      }
      await store.sweep(now + 61 * MINUTE, 100)
    }
    await pool.end()
  })

  test('an op that is not as wide as the contract says is refused', async () => {
    const pool = newPool(url)
    const store = postgresStore(pool, { table: newTable() })
    await store.setup()
    const row = await put(store, Date.now())
    await expect(store.patch(row.handle, { set: new Map(), op: 'short' }, Date.now())).rejects.toThrow(TypeError)
    await expect(store.create(newRow(1, { ops: [`${newOp()}x`] }), 1)).rejects.toThrow(TypeError)
    await pool.end()
  })

  test('what the driver throws comes through: engine and app see its own code', async () => {
    const pool = newPool('postgres://postgres@127.0.0.1:1/postgres')
    await expect(postgresStore(pool).get(newHandle(), 1)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await pool.end()
  })
})

test('what is no client is refused, with the remedy', () => {
  for (const client of [undefined, null, {}, 'postgres://localhost', () => undefined]) {
    // @ts-expect-error: neither has what a store needs
    expect(() => postgresStore(client)).toThrowError(
      expect.objectContaining({ code: 'HOLDFAST_CONFIG', message: expect.stringContaining('Pool of "pg"') }),
    )
  }
})
