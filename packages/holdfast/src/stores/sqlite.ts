import { HoldfastError } from '../engine/errors.js'
import type { Ending, Index, Millis, Page, Patch, Row, Store } from '../engine/row.js'
import { changesText, fieldsText } from './fields-text.js'
import { checkedOp } from './op.js'
import { type RowColumns, rowOf, type SummaryColumns, summaryOf } from './sqlite-columns.js'
import type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-driver.js'
import { type Durability, ensureBusyTimeout, openFile } from './sqlite-file.js'
import { type SqliteStatements, sqliteStatements } from './sqlite-statements.js'

export type { SqliteDatabase, SqliteStatement, SqliteValue }

/** Options of a {@link sqliteStore}. */
export interface SqliteOptions {
  /**
   * The table, created where it is not there. Default `holdfast_rows`; 1 to 48 letters, digits and `_`. Another one keeps
   * two apps apart that share a file.
   */
  readonly table?: string
  /**
   * `'normal'`, the default, survives a crash of the process; a power cut or a crash of the system may take back the last
   * moments, a sign-out among them. `'full'` survives these too and waits for the disk at every write. Only for a path.
   */
  readonly durability?: Durability
}

/**
 * Keeps rows in a SQLite file: for one machine, also for several processes on one file. The statements it sends are in
 * `sqlite-statements.ts`.
 *
 * Given a path, it opens the file at the first act with the first driver that works here (node:sqlite, better-sqlite3,
 * libsql) and closes it with `close()`. A file that is not there is created for its owner alone (mode 0600), its folder
 * too. It is put in WAL mode; an act waits up to 5 seconds while another process writes.
 *
 * Given an open database (one of the same three libraries), it never closes it, and leaves its journal mode and
 * durability alone; it sets a busy timeout of 5 seconds only where there is none. Acts are then part of whatever
 * transaction is open on that database: hold none open across an `await`.
 *
 * SQLite answers at once and holds the process meanwhile. Throws `HOLDFAST_CONFIG` for a bad option; an act throws
 * `HOLDFAST_STORE_DRIVER` where no driver is installed, `HOLDFAST_STORE` after `close()`, and else what the driver throws.
 */
export function sqliteStore(database: string | SqliteDatabase, options: SqliteOptions = {}): Store {
  const { table = 'holdfast_rows', durability = 'normal' } = options
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,47}$/.test(table) || /^sqlite_/i.test(table)) {
    throw new HoldfastError(
      'HOLDFAST_CONFIG',
      `sqliteStore: table ${JSON.stringify(table)} is no name for a table; use 1 to 48 letters, digits and "_", the ` +
        'first no digit, and not beginning with "sqlite_"',
    )
  }
  if (durability !== 'normal' && durability !== 'full') {
    throw new HoldfastError('HOLDFAST_CONFIG', `sqliteStore: durability is ${durability}; use 'normal' or 'full'`)
  }
  return new Sqlite(database, sqliteStatements(table), durability)
}

/** What tells why a statement changed nothing. */
type Standing = Pick<RowColumns, 'keys' | 'expires_at' | 'ended_reason'>

type Prepared = Readonly<Record<Exclude<keyof SqliteStatements, 'schema'>, SqliteStatement>>

class Sqlite implements Store {
  readonly name = 'sqlite'
  readonly #given: string | SqliteDatabase
  readonly #statements: SqliteStatements
  readonly #durability: Durability
  #database: SqliteDatabase | null = null
  #prepared: Prepared | null = null
  #closed = false

  constructor(given: string | SqliteDatabase, statements: SqliteStatements, durability: Durability) {
    this.#given = given
    this.#statements = statements
    this.#durability = durability
  }

  create(row: Row, now: Millis): boolean {
    const inserted = this.#ready().create.all(
      row.handle,
      row.kind,
      row.user,
      row.link,
      row.facts,
      row.keys,
      fieldsText(row.fields),
      row.version,
      row.seenAt,
      row.expiresAt,
      row.ops.map(checkedOp).join(''),
      now,
    )
    if (inserted.length > 0) return true
    const standing = this.#standing(row.handle)
    return standing !== undefined && isLive(standing, now) && standing.keys === row.keys
  }

  get(handle: string): Row | null {
    const found = this.#ready().get.get(handle) as RowColumns | undefined
    return found === undefined ? null : rowOf(found)
  }

  patch(handle: string, patch: Patch, now: Millis): number | null {
    if (patch.keys !== undefined && patch.ifKeys === undefined) return null
    const fields = changesText(patch)
    const op = patch.op === undefined ? '' : checkedOp(patch.op)
    const ifKeys = patch.ifKeys ?? null
    const ifFields = patch.ifFields === undefined ? null : fieldsText(patch.ifFields)
    const changes = [fields, fields, patch.keys ?? null, patch.seenAt ?? 0, patch.expiresAt ?? 0, op]
    const guards = [ifKeys, ifKeys, op, op, ifFields]
    const [done] = this.#ready().patch.all(...changes, handle, now, ...guards) as { version: number }[]
    return done === undefined ? null : done.version
  }

  end(handle: string, ending: Ending, now: Millis): Row | 'guarded' | null {
    const { op, reason, successor = null, until, ifKeys = null } = ending
    for (;;) {
      const inscription = [reason, successor, until, op, reason]
      const [ended] = this.#ready().end.all(...inscription, handle, now, ifKeys, ifKeys) as RowColumns[]
      if (ended !== undefined) return rowOf(ended)
      // Missing or expired, unless there was a guard. In between another process may have ended the row, or have changed
      // its keys into those that are wanted: then the act is tried again on what is there now.
      const standing = ifKeys === null ? undefined : this.#standing(handle)
      if (standing === undefined) return null
      if (standing.ended_reason !== null) continue
      if (!isLive(standing, now)) return null
      if (standing.keys !== ifKeys) return 'guarded'
    }
  }

  find(index: Index, now: Millis, cursor: string | null, limit: number): Page {
    const { findUser, findLink, findAll } = this.#ready()
    const after = [cursor ?? '', now, limit]
    let found: unknown[]
    if ('user' in index) found = findUser.all(index.user, ...after)
    else if ('link' in index) found = findLink.all(index.link, ...after)
    else found = findAll.all(...after)
    const rows = (found as SummaryColumns[]).map(summaryOf)
    return { rows, cursor: rows.length < limit ? null : (rows.at(-1)?.handle ?? null) }
  }

  sweep(now: Millis, limit: number): readonly Row[] {
    return (this.#ready().sweep.all(now, limit) as RowColumns[]).map(rowOf)
  }

  close(): void {
    this.#closed = true
    this.#prepared = null
    if (typeof this.#given === 'string') this.#database?.close()
    this.#database = null
  }

  #standing(handle: string): Standing | undefined {
    return this.#ready().standing.get(handle) as Standing | undefined
  }

  /** The prepared statements; opens the database and creates the table at the first act. */
  #ready(): Prepared {
    if (this.#prepared !== null) return this.#prepared
    if (this.#closed) {
      throw new HoldfastError('HOLDFAST_STORE', 'sqliteStore was closed; create another one to go on')
    }
    const database = typeof this.#given === 'string' ? openFile(this.#given, this.#durability) : this.#given
    try {
      if (typeof this.#given !== 'string') ensureBusyTimeout(database)
      for (const statement of this.#statements.schema) database.exec(statement)
      this.#prepared = prepare(database, this.#statements)
    } catch (error) {
      if (typeof this.#given === 'string') database.close()
      throw error
    }
    this.#database = database
    return this.#prepared
  }
}

function isLive({ expires_at, ended_reason }: Standing, now: Millis): boolean {
  return ended_reason === null && expires_at > now
}

function prepare(database: SqliteDatabase, statements: SqliteStatements): Prepared {
  return {
    create: database.prepare(statements.create),
    standing: database.prepare(statements.standing),
    get: database.prepare(statements.get),
    patch: database.prepare(statements.patch),
    end: database.prepare(statements.end),
    findUser: database.prepare(statements.findUser),
    findLink: database.prepare(statements.findLink),
    findAll: database.prepare(statements.findAll),
    sweep: database.prepare(statements.sweep),
  }
}
