import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { poolerBefore } from '../../../../scripts/services/pooler.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import { postgresStore } from '../../src/stores/postgres.js'
import { newHandle, put } from '../../src/testing/store-kit/fixture.js'
import { clients, newPool, newTable } from './postgres-clients.js'
import { postgresKit } from './postgres-kit.js'

const server = await service('postgres', { own: true })
const pooler = await poolerBefore(server)
afterAll(async () => {
  if ('stop' in pooler) await pooler.stop()
  if ('stop' in server) await server.stop()
})

describeOn(server, 'postgres behind a pooler that hands each transaction to another connection', ({ url }) => {
  describeOn(pooler, 'pgbouncer in transaction mode', (between) => {
    for (const [library, connect] of Object.entries(clients)) {
      beforeAll(() => testedWith(between, library))
      postgresKit(library, url, () => connect(between.url), { prepare: false }, 3)
    }

    test('a statement prepared on one connection is missing on the next; without preparing nothing is', async () => {
      const [pool, other] = [newPool(between.url, { max: 1 }), new pg.Client(between.url)]
      await other.connect()
      const table = newTable()
      const store = postgresStore(pool, { table, prepare: false })
      await store.setup()
      const row = await put(store, 1)

      /** Holds one of the pooler's two connections, so that all else goes through the one that is left. */
      const hold = async (): Promise<unknown> => {
        await other.query('BEGIN')
        return (await other.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
      }
      const held = await hold()
      const preparing = postgresStore(pool, { table })
      expect(await preparing.get(newHandle(), 1)).toBeNull()
      do await other.query('ROLLBACK')
      while ((await hold()) === held)
      await expect(preparing.get(row.handle, 1)).rejects.toMatchObject({ code: '26000' })
      expect(await store.get(row.handle, 1)).toEqual(row)
      await other.end()
      await pool.end()
    })
  })
})
