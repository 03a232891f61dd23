import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service } from '../../../../scripts/services/service.js'
import { postgresStore } from '../../src/stores/postgres.js'
import { newHandle, newRow, numbers, put, read } from '../../src/testing/store-kit/fixture.js'
import { build } from '../support/built.js'
import { type Processes, startProcesses } from '../support/processes.js'
import { newPool, newTable } from './postgres-clients.js'

const PROCESSES = 10

// Roles and databases are made here: a server of our own.
const server = await service('postgres', { own: true })
const now = Date.now()

describeOn(server, 'setup of postgres', ({ url, stop }) => {
  const admin = newPool(url)
  const pools: pg.Pool[] = [admin]
  let processes: Processes
  beforeAll(async () => {
    build()
    processes = await startProcesses(new URL('fixtures/postgres-process.js', import.meta.url), PROCESSES)
  })
  afterAll(async () => {
    await processes.stop()
    await Promise.all(pools.map((pool) => pool.end()))
    await stop()
  })

  const pool = (to: string, options: pg.PoolConfig = {}): pg.Pool => {
    const made = newPool(to, options)
    pools.push(made)
    return made
  }
  const commentOf = async (table: string): Promise<unknown> =>
    (await admin.query(`SELECT obj_description(to_regclass($1), 'pg_class') AS comment`, [table])).rows[0].comment
  const indexesOf = async (table: string): Promise<string[]> =>
    (await admin.query('SELECT indexname FROM pg_indexes WHERE tablename = $1 ORDER BY 1', [table])).rows.map(
      (row) => row.indexname,
    )

  test('ten processes set up one database at once, 10 of 10 times, and each of them is done', async () => {
    for (const run of numbers(10)) {
      const options = { schema: `schema_${run}`, table: newTable() }
      const answers = await processes.everyone(() => ({ url, options, task: 'setup' }))
      expect(answers).toEqual(Array(PROCESSES).fill('done'))
      const { table } = options
      expect(await indexesOf(table)).toEqual(['due', 'link', 'live', 'pkey', 'user'].map((end) => `${table}_${end}`))
      expect(await commentOf(`${options.schema}.${table}`)).toBe('holdfast, schema 1')
    }
  })

  test('I7: several processes sweep one table: each dead row goes to one of them', async () => {
    const options = { table: newTable() }
    const store = postgresStore(admin, options)
    await store.setup()
    const dead = await Promise.all(numbers(400).map(() => put(store, now, { expiresAt: now + 1 })))
    const live = await put(store, now)
    const claimed = await processes.everyone(() => ({ url, options, task: 'sweep', now: now + 1, limit: 3 }))
    expect(claimed.flat().sort()).toEqual(dead.map((row) => row.handle).sort())
    expect((await read(store, live.handle, now)).ended).toBeNull()
  })

  test('setting up again changes nothing, also beside rows', async () => {
    const store = postgresStore(admin, { table: newTable() })
    await store.setup()
    const row = await put(store, now)
    await store.setup()
    expect(await read(store, row.handle, now)).toEqual(row)
  })

  test('what an earlier release, or half a migration, has left is completed and keeps its rows', async () => {
    const table = newTable()
    const store = postgresStore(admin, { table })
    await store.setup()
    const row = await put(store, now)
    await admin.query(`DROP INDEX "${table}_due", "${table}_user"; COMMENT ON TABLE "${table}" IS 'holdfast, schema 0'`)
    await store.setup()
    expect(await indexesOf(table)).toHaveLength(5)
    expect(await commentOf(table)).toBe('holdfast, schema 1')
    expect(await read(store, row.handle, now)).toEqual(row)
  })

  test('the table of a newer release is left as it is', async () => {
    const table = newTable()
    const store = postgresStore(admin, { table })
    await store.setup()
    await admin.query(`DROP INDEX "${table}_due"; COMMENT ON TABLE "${table}" IS 'holdfast, schema 2'`)
    await store.setup()
    expect(await commentOf(table)).toBe('holdfast, schema 2')
    expect(await indexesOf(table)).toHaveLength(4)
  })

  test('schema() is what setup runs: run by hand, once or twice, there is nothing left to set up', async () => {
    const options = { schema: 'by_hand', table: newTable() }
    const store = postgresStore(admin, options)
    expect(store.schema()).not.toContain('pg_advisory')
    await admin.query(store.schema())
    await admin.query(store.schema())
    await admin.query('DROP ROLE IF EXISTS app; CREATE ROLE app LOGIN; GRANT USAGE ON SCHEMA by_hand TO app')
    await admin.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON by_hand."${options.table}" TO app`)
    // A role that may not create anything: setup sees that all is there.
    const asApp = postgresStore(pool(url.replace('postgres@', 'app@')), options)
    await asApp.setup()
    await put(asApp, now)
    await expect(postgresStore(pool(url.replace('postgres@', 'app@')), { table: 'x' }).setup()).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('a role that may create in a schema needs no right to create schemas', async () => {
    await admin.query('CREATE SCHEMA mine; DROP ROLE IF EXISTS owner; CREATE ROLE owner LOGIN')
    await admin.query('GRANT USAGE, CREATE ON SCHEMA mine TO owner')
    const store = postgresStore(pool(url.replace('postgres@', 'owner@')), { schema: 'mine' })
    await store.setup()
    await put(store, now)
  })

  test('what fails in between leaves nothing behind, and is done by the next setup', async () => {
    const table = newTable()
    const store = postgresStore(admin, { table })
    await admin.query(`CREATE TABLE "${table}" (handle text PRIMARY KEY)`)
    await expect(store.setup()).rejects.toMatchObject({ code: '42703' })
    expect(await indexesOf(table)).toEqual([`${table}_pkey`])
    await admin.query(`DROP TABLE "${table}"`)
    await store.setup()
    await put(store, now)
  })

  test('setup says nothing to the log of a client about what is there already', async () => {
    const table = newTable()
    const quiet = pool(url, { max: 1 })
    const notices: unknown[] = []
    quiet.on('connect', (client) => client.on('notice', (notice) => notices.push(notice.message)))
    await postgresStore(quiet, { table }).setup()
    await admin.query(`COMMENT ON TABLE "${table}" IS NULL`)
    await postgresStore(quiet, { table }).setup()
    expect(notices).toEqual([])
    expect((await quiet.query('SHOW client_min_messages')).rows[0].client_min_messages).toBe('notice')
  })

  test('without its table every act says to run setup, with a code, and keeps what the driver threw', async () => {
    const table = newTable()
    for (const options of [{ table }, { table, schema: 'nowhere' }]) {
      const store = postgresStore(admin, options)
      const acts = [
        () => store.create(newRow(now), now),
        () => store.get(newHandle(), now),
        () => store.patch(newHandle(), {}, now),
        () => store.end(newHandle(), { op: '0123456789abcdef', reason: 'revoked', until: now }, now),
        () => store.find({ user: 'ada' }, now, null, 1),
        () => store.sweep(now, 1),
      ]
      for (const act of acts) {
        await expect(act()).rejects.toMatchObject({
          code: 'HOLDFAST_STORE',
          message: expect.stringMatching(/no table .*await store\.setup\(\)/),
          cause: { code: '42P01' },
        })
      }
    }
  })

  test('a table that lacks a column of this release says so too', async () => {
    const table = newTable()
    const store = postgresStore(admin, { table })
    await store.setup()
    await admin.query(`ALTER TABLE "${table}" DROP COLUMN due_at`)
    await expect(store.create(newRow(now), now)).rejects.toMatchObject({ code: 'HOLDFAST_STORE' })
  })

  test('a database that cannot hold any text is refused', async () => {
    await admin.query(`CREATE DATABASE narrow ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
    const store = postgresStore(pool(url.replace(/postgres$/, 'narrow')))
    await expect(store.setup()).rejects.toMatchObject({
      code: 'HOLDFAST_STORE',
      message: expect.stringContaining('LATIN1'),
    })
  })

  test('names are quoted: a table may be called as a word of SQL, and its case counts', async () => {
    for (const options of [
      { table: 'order', schema: 'select' },
      { table: 'Order', schema: 'Select' },
      { table: 'x'.repeat(48), schema: 'y'.repeat(48) },
    ]) {
      const store = postgresStore(admin, options)
      await store.setup()
      const row = await put(store, now)
      await store.setup()
      expect(await read(store, row.handle, now)).toEqual(row)
      const { rows } = await admin.query(`SELECT handle FROM "${options.schema}"."${options.table}"`)
      expect(rows).toEqual([{ handle: row.handle }])
    }
  })

  test('two tables in one database know nothing of each other', async () => {
    const [one, two] = numbers(2).map(() => postgresStore(admin, { table: newTable() }))
    await one?.setup()
    await two?.setup()
    const row = one === undefined ? null : await put(one, now)
    expect(await two?.get(row?.handle ?? '', now)).toBeNull()
  })

  test('without the option the schema is that of the connection', async () => {
    const table = newTable()
    await admin.query('CREATE SCHEMA theirs')
    await postgresStore(pool(url, { options: '-c search_path=theirs' }), { table }).setup()
    expect(await commentOf(`theirs."${table}"`)).toBe('holdfast, schema 1')
  })
})

test('a name that is none for a table or schema is refused', () => {
  const client = { query: () => Promise.reject(new Error('not asked')) }
  const names = ['', '1a', 'a b', 'a"; DROP TABLE users; --', 'a.b', 'é', 'pg_rows', 'PG_rows', 'x'.repeat(49), "a'"]
  for (const name of [...names, null, 7] as string[]) {
    for (const options of [{ table: name }, { schema: name }]) {
      expect(() => postgresStore(client, options)).toThrowError(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
    }
  }
})
