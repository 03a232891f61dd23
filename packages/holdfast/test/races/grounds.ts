import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../src/engine/row.js'
import { memoryStore } from '../../src/stores/memory.js'
import { postgresStore } from '../../src/stores/postgres.js'
import { redisStore } from '../../src/stores/redis.js'
import { seededRandom } from '../../src/testing/seeded-random.js'
import { newHandle } from '../../src/testing/store-kit/fixture.js'
import { newTable, type Connected as PostgresConnected } from '../stores/postgres-clients.js'
import type { Connected } from '../stores/redis-clients.js'
import { build } from '../support/built.js'
import { storeProcess } from './store-process.js'
import { unhurriedStore } from './unhurried-store.js'

/** The ways of two nodes to one store. */
export interface Nodes {
  readonly stores: readonly [Store, Store]
  /** Ends the connections. */
  close(): Promise<void>
}

/** Makes a store to race on, that holds nothing yet. */
export type Ground = () => Promise<Nodes>

/** Memory is one process' own: the nodes share it, and each act takes its time. */
export const memoryGround: Ground = async () => {
  // No run has to wait until the tombstones of those before it may go.
  const store = memoryStore({ maxSessions: 10_000_000, maxRecords: 10_000_000 })
  const unhurried = unhurriedStore(store, seededRandom(1))
  return { stores: [unhurried, unhurried], close: async () => store.close() }
}

/** Two processes on one file. */
export const sqliteGround: Ground = async () => {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  const script = new URL('fixtures/sqlite-process.js', import.meta.url)
  const node = (): Store => storeProcess(script, 'sqlite', join(folder, 'races.db'))
  const stores = [node(), node()] as const
  return {
    stores,
    async close() {
      await Promise.all(stores.map((store) => store.close()))
      rmSync(folder, { recursive: true })
    },
  }
}

/** Two clients of a Redis or Valkey, and a prefix of its own. */
export function redisGround(connect: () => Promise<Connected>): Ground {
  return async () => {
    const options = { prefix: `${newHandle()}:`, log: () => undefined }
    const [one, other] = await Promise.all([connect(), connect()])
    return {
      stores: [redisStore(one.client, options), redisStore(other.client, options)],
      close: async () => void (await Promise.all([one.close(), other.close()])),
    }
  }
}

/** Two pools on one Postgres, and a table of its own. `drop` removes a table. */
export function postgresGround(connect: () => PostgresConnected, drop: (table: string) => Promise<unknown>): Ground {
  return async () => {
    const table = newTable()
    const [one, other] = [connect(), connect()]
    const store = postgresStore(one.client, { table })
    await store.setup()
    return {
      stores: [store, postgresStore(other.client, { table })],
      async close() {
        await Promise.all([one.close(), other.close()])
        await drop(table)
      },
    }
  }
}
