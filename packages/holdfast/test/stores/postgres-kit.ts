import { afterAll, beforeAll, describe, test } from 'vitest'
import { type PostgresOptions, type PostgresStore, postgresStore } from '../../src/stores/postgres.js'
import { storeKit } from '../../src/testing/store-kit.js'
import { type Connected, newPool, newTable } from './postgres-clients.js'

/** Declares the store kit on one table, which is emptied before each test, by two clients. */
export function postgresKit(
  title: string,
  url: string,
  connect: () => Connected,
  options: PostgresOptions,
  runs: number,
): void {
  describe(title, () => {
    const table = newTable()
    const both = [connect(), connect()]
    const [store, other] = both.map(({ client }) => postgresStore(client, { ...options, table })) as [
      PostgresStore,
      PostgresStore,
    ]
    const admin = newPool(url)
    beforeAll(() => store.setup())
    afterAll(async () => {
      await admin.query(`DROP TABLE "${table}"`)
      await Promise.all([admin.end(), ...both.map((one) => one.close())])
    })
    storeKit({
      test: (name, fn) => test(name, fn),
      runs,
      open: async () => {
        await admin.query(`TRUNCATE "${table}"`)
        return { store, again: async () => other, close: async () => store.close() }
      },
    })
  })
}
