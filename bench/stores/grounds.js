/**
 * The databases that are filled: each with a store on it, and a way to make many rows of one. What the copies hold is what the
 * store itself would have written.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresStore } from 'holdfast/postgres'
import { redisStore } from 'holdfast/redis'
import { sqliteStore } from 'holdfast/sqlite'
import Libsql from 'libsql'
import pg from 'pg'
import { copiedColumns, copyOf } from '../copies.js'
import { clientOf } from '../redis.js'

/** @typedef {import('holdfast').Store} Store */
/** @typedef {import('holdfast').Row} Row */

/**
 * @typedef {object} Ground
 * @property {Store} store
 * @property {(row: Row, count: number) => Promise<unknown>} fill makes copies of a row that the store holds
 * @property {() => Promise<unknown>} close
 *
 * @typedef {object} Kind
 * @property {'redis' | 'postgres' | null} on the server that it needs, empty
 * @property {(url: string) => Promise<Ground>} open
 */

/** How many rows are on their way to Redis at once. */
const AT_ONCE = 2_000

const TABLE = 'holdfast_rows'

/** @type {Readonly<Record<'redis' | 'postgres' | 'sqlite', Kind>>} */
export const grounds = {
  redis: { on: 'redis', open: openRedis },
  postgres: { on: 'postgres', open: openPostgres },
  sqlite: { on: null, open: openSqlite },
}

/**
 * @param {string} url
 * @returns {Promise<Ground>}
 */
async function openRedis(url) {
  const client = await clientOf(url)
  const store = redisStore(client)
  return {
    store,
    async fill(row, count) {
      for (let made = 0; made < count; made += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, i) => copyOf(row, made + i + 1))
        await Promise.all(some.map((one) => store.create(one, row.seenAt)))
      }
    },
    close: () => client.close(),
  }
}

/**
 * @param {string} url
 * @returns {Promise<Ground>}
 */
async function openPostgres(url) {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  // The server may be gone before the last idle connection has heard of the end.
  pool.on('error', () => {})
  const store = postgresStore(pool)
  await store.setup()
  return {
    store,
    async fill(row, count) {
      const { rows } = await pool.query(
        'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1',
        [TABLE],
      )
      const names = rows.map(({ name }) => String(name))
      const copied = copiedColumns((n, digits) => `lpad(${n}::text, ${digits}, '0')`)
      await pool.query(
        `INSERT INTO ${TABLE} (${names.join(', ')}) SELECT ${names.map((name) => copied[name] ?? name).join(', ')}
         FROM ${TABLE}, generate_series(1, $2::int) AS n WHERE handle = $1`,
        [row.handle, count],
      )
      // Autovacuum would do it in a while, and in the midst of what is measured.
      await pool.query(`VACUUM ANALYZE ${TABLE}`)
      await pool.query('CHECKPOINT')
    },
    close: () => pool.end(),
  }
}

/** @returns {Promise<Ground>} */
async function openSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  const path = join(folder, 'sessions.db')
  const store = sqliteStore(path)
  return {
    store,
    async fill(row, count) {
      const database = new Libsql(path)
      const names = database
        .prepare('SELECT name FROM pragma_table_info(?)')
        .all(TABLE)
        .map((column) => String(/** @type {{ name: unknown }} */ (column).name))
      const copied = copiedColumns((n, digits) => `printf('%0${digits}d', ${n})`)
      database
        .prepare(
          `WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ?)
           INSERT INTO ${TABLE} (${names.join(', ')}) SELECT ${names.map((name) => copied[name] ?? name).join(', ')}
           FROM ${TABLE}, copies WHERE handle = ?`,
        )
        .run(count, row.handle)
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      database.close()
    },
    async close() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}
