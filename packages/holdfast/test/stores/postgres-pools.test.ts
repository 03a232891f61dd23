/** The recipes of docs/stores.md: a store on the pool that an app already has, beside the app's own queries. */
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import knex from 'knex'
import pg from 'pg'
import postgres from 'postgres'
import { DataSource } from 'typeorm'
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js'
import { afterAll, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import { type PgPool, type PgQuery, type PostgresStore, postgresStore } from '../../src/stores/postgres.js'
import { endRow, newEnding, newOp, put, read } from '../../src/testing/store-kit/fixture.js'
import { newPool, newTable } from './postgres-clients.js'

// Drizzle is not imported: its declarations compile only where those of every database that it knows are installed.
const require = createRequire(import.meta.url)
const { sql } = require('drizzle-orm')

const server = await service('postgres')
const now = Date.now()

/** One of each act, beside one of the app's own queries; then the app's pool still works. */
async function livesBeside(store: PostgresStore, query: () => Promise<unknown>): Promise<void> {
  await store.setup()
  const fields = new Map([['cart', '["pear","\\u0000"]']])
  const row = await put(store, now, { user: 'ada', fields })
  const [read1, own] = await Promise.all([read(store, row.handle, now), query()])
  expect([read1, own]).toEqual([row, 1])
  const patch = { set: new Map([['likes', '1']]), ifFields: new Map([['likes', null]]), op: newOp() }
  expect(await store.patch(row.handle, patch, now)).toBe(2)
  expect((await store.find({ user: 'ada' }, now, null, 10)).rows).toHaveLength(1)
  expect((await endRow(store, row.handle, newEnding(now), now)).ended?.reason).toBe('signed-out')
  expect(await store.sweep(now + 1_000_000, 10)).toHaveLength(1)
  await store.close()
  expect(await query()).toBe(1)
}

describeOn(server, 'a store on the pool that an app already has', ({ url, stop }) => {
  afterAll(stop)

  test('Knex', async () => {
    testedWith(server, 'knex')
    const db = knex({ client: 'pg', connection: url, pool: { min: 0, max: 4 } })
    const pool: PgPool = {
      async query(query: PgQuery) {
        const connection = await db.client.acquireConnection()
        try {
          return await connection.query(query)
        } finally {
          await db.client.releaseConnection(connection)
        }
      },
    }
    await livesBeside(
      postgresStore(pool, { table: newTable() }),
      async () => (await db.raw('SELECT 1 AS one')).rows[0].one,
    )
    await db.destroy()
  })

  test('Drizzle on pg', async () => {
    testedWith(server, 'drizzle-orm')
    const { drizzle } = require('drizzle-orm/node-postgres')
    const db = drizzle(url)
    const own = async (): Promise<unknown> => (await db.execute(sql`SELECT 1 AS one`)).rows[0]?.one
    await livesBeside(postgresStore(db.$client, { table: newTable() }), own)
    await db.$client.end()
  })

  test('Drizzle on postgres', async () => {
    const { drizzle } = require('drizzle-orm/postgres-js')
    const db = drizzle(url)
    const own = async (): Promise<unknown> => (await db.execute(sql`SELECT 1 AS one`))[0]?.one
    await livesBeside(postgresStore(db.$client, { table: newTable() }), own)
    await db.$client.end()
  })

  test('TypeORM', async () => {
    testedWith(server, 'typeorm')
    const source = new DataSource({ type: 'postgres', url })
    await source.initialize()
    const { master } = source.driver as PostgresDriver
    const own = async (): Promise<unknown> => (await source.query('SELECT 1 AS one'))[0].one
    await livesBeside(postgresStore(master, { table: newTable() }), own)
    await source.destroy()
  })

  test('Prisma: the adapter of its client, on a pool of the app', async () => {
    testedWith(server, '@prisma/adapter-pg')
    const pool = newPool(url)
    const adapter = await new PrismaPg(pool).connect()
    const own = async (): Promise<unknown> => {
      const { rows } = await adapter.queryRaw({ sql: 'SELECT 1 AS one', args: [], argTypes: [] })
      return rows[0]?.[0]
    }
    await livesBeside(postgresStore(pool, { table: newTable() }), own)
    await adapter.dispose()
    await pool.end()
  })

  test('a client that parses and renames columns in a way of the app’s own', async () => {
    const types = {
      getTypeParser: (type: number) => (type === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(type)),
    } as pg.CustomTypesConfig
    const parsing = newPool(url, { types })
    const ownParsed = async (): Promise<unknown> => Number((await parsing.query('SELECT 1 AS one')).rows[0].one)
    await livesBeside(postgresStore(parsing, { table: newTable() }), ownParsed)
    await parsing.end()

    const renaming = postgres(url, { transform: postgres.camel, types: { bigint: postgres.BigInt } })
    const own = async (): Promise<unknown> => (await renaming`SELECT 1 AS the_one`)[0]?.theOne
    await livesBeside(postgresStore(renaming, { table: newTable() }), own)
    await renaming.end()
  })

  test('one connection, as a script has it', async () => {
    const client = new pg.Client(url)
    await client.connect()
    const store = postgresStore(client, { table: newTable() })
    await store.setup()
    const row = await put(store, now)
    expect(await store.get(row.handle, now)).toEqual(row)
    await client.end()
  })
})
