/**
 * The databases that are filled: each a private one, with a store on it and a way to make many rows of one. The copies differ
 * from what the store itself wrote in their handles and users alone.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresStore } from 'holdfast/postgres'
import { redisStore } from 'holdfast/redis'
import { sqliteStore } from 'holdfast/sqlite'
import Libsql from 'libsql'
import pg from 'pg'
import { createClient } from 'redis'
import { service } from '../../scripts/services/service.js'

/** @typedef {import('holdfast').Store} Store */
/** @typedef {import('holdfast').Row} Row */

/**
 * @typedef {object} Ground
 * @property {Store} store
 * @property {(row: Row, count: number) => Promise<unknown>} copy makes copies of a row that the store holds
 * @property {() => Promise<unknown>} close
 */

/** How many rows are on their way to Redis at once. */
const AT_ONCE = 2_000

/** The number of a copy as the last characters of a handle or a user; SQL's `lpad` cuts nothing that is this short. */
const WIDTH = 22

/** @type {Readonly<Record<string, () => Promise<Ground>>>} */
export const grounds = {
  async redis() {
    const server = await found('redis')
    const client = createClient({ url: server.url, disableOfflineQueue: true })
    await client.connect()
    const store = redisStore(client)
    return {
      store,
      async copy(row, count) {
        for (let made = 0; made < count; made += AT_ONCE) {
          const some = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, i) => named(row, made + i))
          await Promise.all(some.map((one) => store.create(one, row.seenAt)))
        }
      },
      async close() {
        await client.quit()
        await server.stop()
      },
    }
  },

  async postgres() {
    const server = await found('postgres')
    const pool = new pg.Pool({ connectionString: server.url, max: 4 })
    // The server may be gone before the last idle connection has heard of the end.
    pool.on('error', () => {})
    const store = postgresStore(pool)
    await store.setup()
    return {
      store,
      async copy(row, count) {
        const { rows } = await pool.query(
          "SELECT column_name FROM information_schema.columns WHERE table_name = 'holdfast_rows' ORDER BY ordinal_position",
        )
        const names = rows.map(({ column_name: name }) => name)
        /** @type {Record<string, string>} */
        const changed = { handle: `lpad(n::text, ${WIDTH}, '0')`, user_id: "'user-' || n" }
        await pool.query(
          `INSERT INTO holdfast_rows (${names.join(', ')}) SELECT ${names.map((name) => changed[name] ?? name).join(', ')}
           FROM holdfast_rows, generate_series(1, $2::int) AS n WHERE handle = $1`,
          [row.handle, count],
        )
        await pool.query('VACUUM ANALYZE holdfast_rows')
      },
      async close() {
        await pool.end()
        await server.stop()
      },
    }
  },

  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
    const path = join(folder, 'sessions.db')
    const store = sqliteStore(path)
    return {
      store,
      async copy(row, count) {
        const database = new Libsql(path)
        const table = 'holdfast_rows'
        const names = database
          .prepare(`SELECT name FROM pragma_table_info('${table}')`)
          .all()
          .map((column) => String(/** @type {{ name: unknown }} */ (column).name))
        /** @type {Record<string, string>} */
        const changed = { handle: `printf('%0${WIDTH}d', n)`, user: "'user-' || n" }
        database
          .prepare(
            `WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ?)
             INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.map((name) => changed[name] ?? name).join(', ')}
             FROM ${table}, copies WHERE handle = ?`,
          )
          .run(count, row.handle)
        database.exec('PRAGMA optimize')
        database.close()
      },
      async close() {
        await store.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
}

/** @param {'redis' | 'postgres'} name */
async function found(name) {
  const server = await service(name, { own: true })
  if ('missing' in server) throw new Error(`${name} cannot be measured: ${server.missing}`)
  return server
}

/**
 * @param {Row} row
 * @param {number} n
 * @returns {Row}
 */
function named(row, n) {
  return { ...row, handle: String(n).padStart(WIDTH, '0'), user: `user-${n}` }
}
