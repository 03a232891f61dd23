/**
 * The one seam between the Postgres store and the libraries that speak to Postgres: known by the shape of what an app
 * hands over, so that no driver is loaded. Rows are arrays, because an app may have its driver rename columns; and a
 * column that a driver might parse in a way of the app's own is asked for as text.
 */
import { createHash } from 'node:crypto'
import { HoldfastError } from '../engine/errors.js'

/** What the store binds. */
export type PostgresValue = string | number | null

/** What the store asks of a `pg` pool. */
export interface PgQuery {
  /** Absent for a statement that is not kept prepared. */
  readonly name?: string
  readonly text: string
  readonly values: PostgresValue[]
  readonly rowMode: 'array'
}

/** The part of a `pg` `Pool` (or of one `Client`) that the store uses. Anything else with such a `query` does as well. */
export interface PgPool {
  query(query: PgQuery): Promise<{ readonly rows: unknown[][] }>
}

/** A query of `postgres`, which is sent when somebody waits for it. */
export interface PostgresQuery extends PromiseLike<unknown> {
  values(): PromiseLike<Iterable<unknown[]>>
}

/** The part of `postgres`'s `sql` that the store uses. */
export interface PostgresSql {
  unsafe(text: string, values?: PostgresValue[], options?: { readonly prepare: boolean }): PostgresQuery
}

/** One statement of the store. */
export interface PostgresStatement {
  readonly text: string
  /** Under which name it is kept prepared; `null` = planned anew each time, with the values at hand. */
  readonly name: string | null
}

/** What the store does with a client, whichever it is. */
export interface PostgresClient {
  /** Runs one statement, as one transaction. Answers its rows, each an array. */
  run(statement: PostgresStatement, values: PostgresValue[]): Promise<readonly unknown[][]>
  /** Runs several statements in one round trip, as one transaction. */
  script(text: string): Promise<void>
}

/** A statement that is kept prepared. Its name is derived from its text: two stores may share a connection. */
export function prepared(text: string): PostgresStatement {
  return { text, name: `holdfast_${createHash('sha256').update(text).digest('hex').slice(0, 24)}` }
}

/** A statement that is planned each time: where the best plan depends on the values. */
export function unprepared(text: string): PostgresStatement {
  return { text, name: null }
}

/** The client behind what an app handed over. Throws `HOLDFAST_CONFIG` where it is neither of the two. */
export function postgresClient(given: PgPool | PostgresSql, prepare: boolean): PostgresClient {
  if (typeof given === 'function' && 'unsafe' in given) return ofPostgres(given, prepare)
  if (typeof given === 'object' && given !== null && 'query' in given) return ofPg(given, prepare)
  throw new HoldfastError(
    'HOLDFAST_CONFIG',
    'postgresStore takes a Pool of "pg" or the sql of "postgres", and was given neither. Hand over the pool itself; how ' +
      'to get it from Knex, Drizzle, Prisma or TypeORM is in docs/stores.md',
  )
}

function ofPg(pool: PgPool, prepare: boolean): PostgresClient {
  return {
    async run({ text, name }, values) {
      const query = { text, values, rowMode: 'array' } as const
      const { rows } = await pool.query(name === null || !prepare ? query : { ...query, name })
      return rows
    },
    async script(text) {
      // Without values pg uses the simple protocol, in which several statements are one transaction.
      await pool.query({ text, values: [], rowMode: 'array' })
    },
  }
}

function ofPostgres(sql: PostgresSql, prepare: boolean): PostgresClient {
  return {
    async run({ text, name }, values) {
      return [...(await sql.unsafe(text, values, { prepare: prepare && name !== null }).values())]
    },
    async script(text) {
      await sql.unsafe(text)
    },
  }
}
