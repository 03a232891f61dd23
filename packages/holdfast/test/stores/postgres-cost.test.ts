import type pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service } from '../../../../scripts/services/service.js'
import { type PostgresStore, postgresStore } from '../../src/stores/postgres.js'
import { postgresPlace } from '../../src/stores/postgres-schema.js'
import { postgresStatements } from '../../src/stores/postgres-statements.js'
import {
  HOUR,
  MINUTE,
  newEnding,
  newHandle,
  newOp,
  newRow,
  numbers,
  put,
  read,
} from '../../src/testing/store-kit/fixture.js'
import { newPool, newTable } from './postgres-clients.js'

// Statistics and settings are of a server of our own, in which nothing is vacuumed or analyzed behind our back.
const server = await service('postgres', { args: ['autovacuum=off'] })
const now = Date.now()

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Shared Hit Blocks'?: number
  readonly 'Shared Read Blocks'?: number
  readonly Plans?: readonly Plan[]
}

describeOn(server, 'what acts cost on postgres', ({ url, stop }) => {
  const pool = newPool(url, { max: 4 })
  afterAll(async () => {
    await pool.end()
    await stop()
  })

  /** A table of so many live rows, of a user and a link each, and as many records. */
  async function filled(count: number): Promise<{ table: string; store: PostgresStore }> {
    const table = newTable()
    const store = postgresStore(pool, { table })
    await store.setup()
    await pool.query(
      `INSERT INTO "${table}"
         (handle, kind, user_id, link, facts, keys, fields, version, seen_at, expires_at, due_at, ops)
       SELECT substr(md5(i::text), 1, 22), CASE i % 2 WHEN 0 THEN 'session' ELSE 'record' END, 'user-' || i, 'link-' || i,
         '1{}', '1first', '{"cart":"[]"}', 1, $1, $2, $2, ''
       FROM generate_series(1, $3) AS i`,
      [now, now + HOUR, 2 * count],
    )
    return { table, store }
  }

  const plans = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(plans)]

  /** How a statement is carried out with these values. */
  async function explain(text: string, values: unknown[]): Promise<readonly Plan[]> {
    const { rows } = await pool.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values)
    return plans(rows[0]['QUERY PLAN'][0].Plan)
  }

  /** How a prepared statement is carried out whatever the values. */
  async function explainGeneric(client: pg.Pool, text: string, values: readonly unknown[]): Promise<Plan[]> {
    await client.query('SET plan_cache_mode = force_generic_plan')
    await client.query(`PREPARE generic AS ${text}`)
    const literals = values.map((value) => (value === null ? 'NULL' : `'${value}'`)).join(', ')
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON) EXECUTE generic(${literals})`)
    await client.query('DEALLOCATE generic')
    return [...plans(rows[0]['QUERY PLAN'][0].Plan)]
  }

  const scansOf = (table: string, found: readonly Plan[]): string[] =>
    found.flatMap((plan) =>
      plan['Relation Name'] === table && plan['Node Type'].endsWith('Scan') ? [plan['Node Type']] : [],
    )

  const byIndex = (scan: string): boolean => /^(Index|Bitmap)/.test(scan)

  test('every act walks an index, whether the table was analyzed or not, and whatever the values', async () => {
    const { table } = await filled(10_000)
    const { setting: _, ...statements } = postgresStatements(postgresPlace(undefined, table))
    const [handle, late] = [newHandle(), now + 2 * HOUR]
    const values: Record<keyof typeof statements, readonly unknown[]> = {
      create: [handle, 'session', 'ada', null, '1', '1', '{}', 1, now, now, '', now],
      standing: [handle],
      get: [handle],
      patch: [handle, now, newOp(), '{"a":"1"}', '1', now, now, '1', '{"a":null}'],
      end: [handle, now, newOp(), 'revoked', null, now, null],
      findUser: ['user-2', '', now, 50],
      findLink: ['link-2', '', now, 50],
      findAll: ['', now, 50],
      // Nobody is due; and, as a table that was analyzed an hour ago may have it, everybody.
      sweep: [now, 500],
    }
    // One connection, so that what it is told to plan holds for what it is asked next.
    const client = newPool(url, { max: 1 })
    for (const analyzed of [false, true]) {
      if (analyzed) await pool.query(`ANALYZE "${table}"`)
      for (const [act, statement] of Object.entries(statements)) {
        const given = [...(values[act as keyof typeof values] ?? [])]
        const planned = [await explain(statement.text, given)]
        if (statement.name !== null) planned.push(await explainGeneric(client, statement.text, given))
        for (const plan of planned) {
          const scans = scansOf(table, plan)
          expect(scans.every(byIndex), `${act}: ${scans}`).toBe(true)
          if (act !== 'create') expect(scans.length, act).toBeGreaterThan(0)
        }
      }
      const everybody = scansOf(table, await explain(statements.sweep.text, [late, 500]))
      expect(everybody.every(byIndex), `everybody: ${everybody}`).toBe(true)
    }
    await client.end()
    const used = async (text: string, given: unknown[]): Promise<(string | undefined)[]> =>
      (await explain(text, given)).flatMap((plan) => plan['Index Name'] ?? [])
    expect(await used(statements.findUser.text, ['user-2', '', now, 50])).toEqual([`${table}_user`])
    expect(await used(statements.findLink.text, ['link-2', '', now, 50])).toEqual([`${table}_link`])
    expect(await used(statements.findAll.text, ['', now, 50])).toEqual([`${table}_live`])
    expect(await used(statements.sweep.text, [now, 50])).toContain(`${table}_due`)
  })

  test('an act looks at no more pages among 50,000 sessions than among 500', async () => {
    const costs: Record<string, number>[] = []
    for (const count of [500, 50_000]) {
      const { table, store } = await filled(count)
      const dead = await Promise.all(numbers(100).map(() => put(store, now, { user: 'eve', expiresAt: now + 1 })))
      const rows = await Promise.all(numbers(10).map(() => put(store, now, { user: 'ada', link: 'sid-1' })))
      await pool.query(`VACUUM ANALYZE "${table}"`)
      const { get, patch, findUser, findLink, findAll, sweep } = postgresStatements(postgresPlace(undefined, table))
      const pages = async (text: string, values: unknown[]): Promise<number> => {
        const [top] = await explain(text, values)
        return (top?.['Shared Hit Blocks'] ?? 0) + (top?.['Shared Read Blocks'] ?? 0)
      }
      const handle = rows[0]?.handle
      costs.push({
        get: await pages(get.text, [handle]),
        patch: await pages(patch.text, [handle, now, newOp(), '{"a":"1"}', null, now, now, null, null]),
        findUser: await pages(findUser.text, ['ada', '', now, 50]),
        findLink: await pages(findLink.text, ['sid-1', '', now, 50]),
        findAll: await pages(findAll.text, ['', now, 50]),
        nobodyDue: await pages(sweep.text, [now, 500]),
        sweep: await pages(sweep.text, [now + 1, 500]),
      })
      expect(await store.get(dead[0]?.handle ?? '', now)).toBeNull()
    }
    const [few = {}, many = {}] = costs
    // An index of a hundred times the rows is a level or two deeper: each look-up may cost as many pages more.
    const lookups: Record<string, number> = { findAll: 50, findUser: 10, findLink: 10, sweep: 300 }
    for (const [act, cost] of Object.entries(many)) {
      expect(cost, `${act}: ${few[act]} and ${cost} pages`).toBeLessThanOrEqual(
        (few[act] ?? 0) + 4 + 2 * (lookups[act] ?? 1),
      )
    }
    expect(many.nobodyDue).toBeLessThan(10)
  })

  test('of the touches of two hours more than nine in ten are HOT updates, with and without data', async () => {
    const shares: number[] = []
    for (const withData of [false, true]) {
      const table = newTable()
      const writer = newPool(url, { max: 4 })
      const store = postgresStore(writer, { table })
      await store.setup()
      // The defaults: idle after 30 minutes, a touch a minute, and the row stays for ten minutes more.
      const expiry = 41 * MINUTE
      const fields = new Map([['cart', JSON.stringify('pear, plum '.repeat(100))]])
      const rows = await Promise.all(
        numbers(50).map(() => put(store, now, { user: 'ada', fields, expiresAt: now + expiry })),
      )
      for (const minute of numbers(120)) {
        const at = now + (minute + 1) * MINUTE
        const touch = { seenAt: at, expiresAt: at + expiry }
        const data = { set: new Map([['likes', String(minute)]]), op: newOp() }
        await Promise.all(rows.map((row) => store.patch(row.handle, withData ? { ...touch, ...data } : touch, at)))
      }
      // A connection tells what it did when it ends, at the latest.
      await writer.end()
      let updates = { n_tup_upd: 0, n_tup_hot_upd: 0 }
      while (Number(updates.n_tup_upd) < 6_000) {
        const { rows: found } = await pool.query(
          'SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = $1',
          [table],
        )
        updates = found[0]
      }
      shares.push(Number(updates.n_tup_hot_upd) / Number(updates.n_tup_upd))
    }
    console.info(
      `HOT updates on ${server.service}: ${shares.map((share) => `${(100 * share).toFixed(1)} %`).join(', with data ')}`,
    )
    for (const share of shares) expect(share).toBeGreaterThan(0.9)
  })

  test('a touch moves the indexed moment only now and then, and never beyond the end of the row', async () => {
    const table = newTable()
    const store = postgresStore(pool, { table })
    await store.setup()
    const dueAt = async (handle: string): Promise<number> =>
      Number((await pool.query(`SELECT due_at FROM "${table}" WHERE handle = $1`, [handle])).rows[0].due_at)
    // [how long the row lives after a touch, the longest time between two moves]
    for (const [life, apart] of [
      [40 * MINUTE, 20 * MINUTE],
      [24 * HOUR, HOUR],
    ] as const) {
      const { handle } = await put(store, now, { expiresAt: now + life })
      const moves: number[] = []
      let before = await dueAt(handle)
      for (const minute of numbers(150)) {
        const at = now + (minute + 1) * MINUTE
        await store.patch(handle, { seenAt: at, expiresAt: at + life }, at)
        const after = await dueAt(handle)
        if (after !== before) moves.push(at)
        before = after
        expect(after).toBeLessThanOrEqual(at + life)
        expect(at + life - after).toBeLessThanOrEqual(apart)
      }
      expect(moves).toEqual(
        numbers(Math.floor((150 * MINUTE) / (apart + MINUTE))).map((i) => now + (i + 1) * (apart + MINUTE)),
      )
    }
  })

  test('sweep looks at a row that was touched once more, not at every turn, and goes on past any number of them', async () => {
    const table = newTable()
    const store = postgresStore(pool, { table })
    await store.setup()
    const due = async (at: number): Promise<number> =>
      Number((await pool.query(`SELECT count(*) FROM "${table}" WHERE due_at <= $1`, [at])).rows[0].count)
    const touched = await Promise.all(numbers(40).map(() => put(store, now, { expiresAt: now + HOUR })))
    for (const { handle } of touched)
      await store.patch(handle, { expiresAt: now + HOUR + 10 * MINUTE }, now + 10 * MINUTE)
    const dead = await Promise.all(numbers(9).map(() => put(store, now, { expiresAt: now + HOUR + 1 })))
    const at = now + HOUR + 1
    expect(await due(at)).toBe(49)
    // The touched ones come first, in more than one batch of four.
    expect((await store.sweep(at, 4)).length).toBe(4)
    expect(await due(at)).toBe(5)
    expect((await store.sweep(at, 4)).length).toBe(4)
    expect((await store.sweep(at, 4)).length).toBe(1)
    expect(await due(at)).toBe(0)
    for (const row of dead) expect(await store.get(row.handle, at)).toBeNull()
    for (const row of touched) expect((await read(store, row.handle, at)).ended).toBeNull()
    expect((await store.sweep(now + HOUR + 10 * MINUTE, 100)).length).toBe(40)
  })

  test('sweep waits for nobody: a row that another transaction holds is left for the next time', async () => {
    const table = newTable()
    const store = postgresStore(pool, { table })
    await store.setup()
    const [held, free] = [await put(store, now, { expiresAt: now + 1 }), await put(store, now, { expiresAt: now + 1 })]
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query(`SELECT FROM "${table}" WHERE handle = $1 FOR UPDATE`, [held.handle])
    expect((await store.sweep(now + 1, 10)).map((row) => row.handle)).toEqual([free.handle])
    await client.query('ROLLBACK')
    client.release()
    expect((await store.sweep(now + 1, 10)).map((row) => row.handle)).toEqual([held.handle])
  })

  test('a tombstone is due at its until, also where that is sooner than the row would have ended', async () => {
    const store = postgresStore(pool, { table: newTable() })
    await store.setup()
    const row = newRow(now, { expiresAt: now + 12 * HOUR })
    await store.create(row, now)
    await store.end(row.handle, newEnding(now), now)
    expect(await store.sweep(now + 10 * MINUTE - 1, 10)).toEqual([])
    expect(await store.sweep(now + 10 * MINUTE, 10)).toHaveLength(1)
  })
})
