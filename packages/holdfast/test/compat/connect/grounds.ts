import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { describeOn } from '../../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../../scripts/services/service.js'
import type { Store } from '../../../src/engine/row.js'
import { memoryStore } from '../../../src/stores/memory.js'
import { postgresStore } from '../../../src/stores/postgres.js'
import { redisStore } from '../../../src/stores/redis.js'
import { sqliteStore } from '../../../src/stores/sqlite.js'
import { newHandle } from '../../../src/testing/store-kit/fixture.js'
import { newPool, newTable } from '../../stores/postgres-clients.js'
import { single } from '../../stores/redis-clients.js'

/** Declares tests on each kind of store. `store` answers it within a test. */
export async function onEveryStore(tests: (store: () => Store) => void): Promise<void> {
  const [redis, postgres] = [await service('redis'), await service('postgres')]
  afterAll(async () => {
    for (const server of [redis, postgres]) if ('stop' in server) await server.stop()
  })

  describe('memory', () => {
    const store = memoryStore()
    tests(() => store)
  })

  describe('sqlite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    const store = sqliteStore(join(folder, 'sessions.db'))
    afterAll(() => {
      store.close()
      rmSync(folder, { recursive: true })
    })
    tests(() => store)
  })

  describeOn(redis, 'redis', (server) => {
    let store: Store
    let close: () => Promise<void>
    beforeAll(async () => {
      testedWith(server, 'redis')
      const connected = await single.redis(server.url)
      store = redisStore(connected.client, { prefix: `${newHandle()}:`, log: () => undefined })
      close = connected.close
    })
    afterAll(() => close())
    tests(() => store)
  })

  describeOn(postgres, 'postgres', (server) => {
    const table = newTable()
    const pool = newPool(server.url)
    const store = postgresStore(pool, { table })
    beforeAll(async () => {
      testedWith(server, 'pg')
      await store.setup()
    })
    afterAll(async () => {
      await pool.query(`DROP TABLE "${table}"`)
      await pool.end()
    })
    tests(() => store)
  })
}
