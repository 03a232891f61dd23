import { HoldfastError } from '../engine/errors.js'
import type { Ending, Index, Millis, Page, Patch, Row, Store } from '../engine/row.js'
import { changesText, fieldsText } from './fields-text.js'
import { checkedOp } from './op.js'
import {
  type PgPool,
  type PgQuery,
  type PostgresClient,
  type PostgresQuery,
  type PostgresSql,
  type PostgresStatement,
  type PostgresValue,
  postgresClient,
} from './postgres-client.js'
import { rowOf, summaryOf } from './postgres-columns.js'
import { type PostgresPlace, postgresPlace, SCHEMA_VERSION, schemaVersion } from './postgres-schema.js'
import { type PostgresStatements, postgresStatements, setupScript } from './postgres-statements.js'

export type { PgPool, PgQuery, PostgresQuery, PostgresSql, PostgresValue }

/** Options of a {@link postgresStore}. */
export interface PostgresOptions {
  /** The table. Default `holdfast_rows`; 1 to 48 letters, digits and `_`. Another one keeps two apps of one schema apart. */
  readonly table?: string
  /**
   * The schema in which the table is. Default: the first in the connection's `search_path`, as for the app's own tables.
   * As for `table`, quoted: `Sessions` is not `sessions`.
   */
  readonly schema?: string
  /**
   * Whether statements stay prepared on their connection. Default `true`. `false` behind a pooler that hands each
   * transaction to another connection (pgbouncer in transaction mode, Supavisor, RDS Proxy): a name that was prepared on
   * one is not known to the next. Postgres then plans every act anew; on `postgres` an act costs a second round trip.
   */
  readonly prepare?: boolean
  /**
   * A pool on a replica, for reading sessions: all else goes to the primary. Default: none.
   *
   * What a replica has not heard of yet, it answers as it was. A request is then shown data that another has changed (its
   * own writes are merged on the primary all the same), and **a session that was signed out can be read, though not
   * written, for as long as the replica lags**. A session that the replica does not know, or knows as over, is looked up on
   * the primary before anybody is turned away, so each of these costs two reads. Where the replica fails, the primary is
   * read.
   */
  readonly replica?: PgPool | PostgresSql
}

/** A store on Postgres. */
export interface PostgresStore extends Store {
  /**
   * Creates the table, or brings it up to date: at every deploy or start, in as many processes at once as one likes. What
   * is up to date is only looked at, so a role that may not create tables can call it too. Rejects with what the driver
   * throws, and with `HOLDFAST_STORE` for a database whose encoding is not UTF8.
   */
  setup(): Promise<void>
  /** The SQL that `setup` runs, for those who run their migrations by hand. Running it again changes nothing. */
  schema(): string
  sweep(now: Millis, limit: number): Promise<readonly Row[]>
}

/** How often a statement is sent again that lost to others in a transaction isolation above `read committed`. */
const MOST_TRIES = 100

/**
 * Keeps rows in Postgres 12 or newer: give it the app's own pool, a `Pool` of `pg` 8 or the `sql` of `postgres` 3. The
 * statements it sends are in `postgres-statements.ts`: one an act, each a transaction of its own.
 *
 * ```ts
 * const store = postgresStore(new Pool({ connectionString: process.env.DATABASE_URL }))
 * await store.setup()
 * ```
 *
 * It never closes what it was given. The table is not created in passing: an act on a missing one throws `HOLDFAST_STORE`,
 * which says to run `setup()`. Acts that commit on the primary survive what its `synchronous_commit` survives. Throws
 * `HOLDFAST_CONFIG` for a bad option; an act throws what the driver throws.
 */
export function postgresStore(client: PgPool | PostgresSql, options: PostgresOptions = {}): PostgresStore {
  const { table = 'holdfast_rows', schema, prepare = true, replica } = options
  const place = postgresPlace(schema, table)
  return new Postgres(
    postgresClient(client, prepare),
    replica === undefined ? null : postgresClient(replica, prepare),
    place,
  )
}

class Postgres implements PostgresStore {
  readonly name = 'postgres'
  readonly mayBeStale: boolean
  readonly #primary: PostgresClient
  readonly #replica: PostgresClient | null
  readonly #place: PostgresPlace
  readonly #statements: PostgresStatements

  constructor(primary: PostgresClient, replica: PostgresClient | null, place: PostgresPlace) {
    this.mayBeStale = replica !== null
    this.#primary = primary
    this.#replica = replica
    this.#place = place
    this.#statements = postgresStatements(place)
  }

  async create(row: Row, now: Millis): Promise<boolean> {
    const { handle, kind, user, link, facts, keys, version, seenAt, expiresAt } = row
    const ops = row.ops.map(checkedOp).join('')
    const fields = fieldsText(row.fields)
    const values = [handle, kind, user, link, facts, keys, fields, version, seenAt, expiresAt, ops, now]
    return (await this.#run(this.#statements.create, values)).length > 0
  }

  async get(handle: string, _now: Millis, fresh = false): Promise<Row | null> {
    const [found] = await this.#read(handle, fresh)
    return found === undefined ? null : rowOf(found)
  }

  async patch(handle: string, patch: Patch, now: Millis): Promise<number | null> {
    if (patch.keys !== undefined && patch.ifKeys === undefined) return null
    const op = patch.op === undefined ? '' : checkedOp(patch.op)
    const ifFields = patch.ifFields === undefined ? null : fieldsText(patch.ifFields)
    const changes = [changesText(patch), patch.keys ?? null, patch.seenAt ?? 0, patch.expiresAt ?? 0]
    const guards = [patch.ifKeys ?? null, ifFields]
    const [done] = await this.#run(this.#statements.patch, [handle, now, op, ...changes, ...guards])
    return done === undefined ? null : Number(done[0])
  }

  async end(handle: string, ending: Ending, now: Millis): Promise<Row | 'guarded' | null> {
    const { op, reason, successor = null, until, ifKeys = null } = ending
    for (;;) {
      const [ended] = await this.#run(this.#statements.end, [handle, now, op, reason, successor, until, ifKeys])
      if (ended !== undefined) return rowOf(ended)
      // Missing or expired, unless there was a guard. In between somebody may have ended the row, or have changed its keys
      // into those that are wanted: then the act is tried again on what is there now.
      if (ifKeys === null) return null
      const [standing] = await this.#run(this.#statements.standing, [handle])
      if (standing === undefined) return null
      const [keys, expiresAt, endedReason] = standing
      if (endedReason !== null) continue
      if (Number(expiresAt) <= now) return null
      if (keys !== ifKeys) return 'guarded'
    }
  }

  async find(index: Index, now: Millis, cursor: string | null, limit: number): Promise<Page> {
    const { findUser, findLink, findAll } = this.#statements
    const after = [cursor ?? '', now, limit]
    let found: readonly unknown[][]
    if ('user' in index) found = await this.#run(findUser, [index.user, ...after])
    else if ('link' in index) found = await this.#run(findLink, [index.link, ...after])
    else found = await this.#run(findAll, after)
    const rows = found.map(summaryOf)
    return { rows, cursor: rows.length < limit ? null : (rows.at(-1)?.handle ?? null) }
  }

  async sweep(now: Millis, limit: number): Promise<readonly Row[]> {
    const swept: Row[] = []
    for (;;) {
      const asked = limit - swept.length
      const answer = await this.#run(this.#statements.sweep, [now, asked])
      for (const [, ...columns] of answer) if (columns[0] !== null) swept.push(rowOf(columns))
      if (swept.length >= limit || Number(answer[0]?.[0]) < asked) return swept
    }
  }

  async setup(): Promise<void> {
    const [setting] = await this.#run(this.#statements.setting, [])
    const [comment, hasSchema, encoding] = setting ?? []
    if (encoding !== 'UTF8') {
      throw new HoldfastError(
        'HOLDFAST_STORE',
        `postgresStore needs a database that can hold any text, and this one is encoded as ${encoding}. Create one WITH ` +
          "ENCODING 'UTF8' TEMPLATE template0",
      )
    }
    if (schemaVersion(comment) >= SCHEMA_VERSION) return
    const { schema, table } = this.#place.create
    await this.#primary.script(setupScript(hasSchema === true ? table : schema + table))
  }

  schema(): string {
    return this.#place.create.schema + this.#place.create.table
  }

  /** What was handed over belongs to the app. */
  close(): void {}

  async #read(handle: string, fresh: boolean): Promise<readonly unknown[][]> {
    if (this.#replica !== null && !fresh) {
      try {
        return await this.#replica.run(this.#statements.get, [handle])
      } catch {
        // It is down, not set up yet, or ended the read to keep up with the primary: which can answer as well.
      }
    }
    return await this.#run(this.#statements.get, [handle])
  }

  /** Runs a statement on the primary, again where it was rolled back in favour of another. */
  async #run(statement: PostgresStatement, values: PostgresValue[]): Promise<readonly unknown[][]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#primary.run(statement, values)
      } catch (error) {
        const code = codeOf(error)
        if (MISSING.has(code)) throw this.#missing(error)
        if (!ROLLED_BACK.has(code) || tries === MOST_TRIES) throw error
      }
    }
  }

  #missing(cause: unknown): HoldfastError {
    return new HoldfastError(
      'HOLDFAST_STORE',
      `postgresStore finds no table ${this.#place.table}, or one of an older release. Run "await store.setup()" when you ` +
        'deploy or start, or have a migration run the SQL that store.schema() answers; if that was done, look at the ' +
        "connection's database and search_path",
      { cause },
    )
  }
}

/** serialization_failure and deadlock_detected. */
const ROLLED_BACK: ReadonlySet<unknown> = new Set(['40001', '40P01'])

/** undefined_table, undefined_column and invalid_schema_name. */
const MISSING: ReadonlySet<unknown> = new Set(['42P01', '42703', '3F000'])

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null
}
