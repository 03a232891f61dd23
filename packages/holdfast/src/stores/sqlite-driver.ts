/**
 * The one seam between the SQLite store and the libraries that run SQLite. Nothing is loaded before a database is opened,
 * and by a name that bundlers do not follow: an app needs only the driver that it has.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { HoldfastError } from '../engine/errors.js'

/** What the store binds. */
export type SqliteValue = string | number | null

/** The part of a prepared statement that the store uses. */
export interface SqliteStatement {
  /** The first row, or `undefined`. A driver may add columns of its own, as libsql does. */
  get(...values: SqliteValue[]): unknown
  /** All rows. */
  all(...values: SqliteValue[]): unknown[]
}

/** The part of a database that the store uses: what node:sqlite, better-sqlite3 and libsql have in common. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

/** One library that can open a SQLite file. */
export type SqliteDriver = 'node:sqlite' | 'better-sqlite3' | 'libsql'

/** What decides which drivers can be tried. */
export interface Surroundings {
  /** Whether this Node brings node:sqlite: from 22.13. */
  readonly builtin: boolean
  /** `process.versions.napi`; 0 where it is not known. */
  readonly napi: number
  /** The version of the better-sqlite3 that is installed; `null` = none is, or its version is not known. */
  readonly betterSqlite3: string | null
}

/** A driver's class: opens the file, or throws. */
type OpenSqlite = new (path: string) => SqliteDatabase

/** better-sqlite3 13 was built for Node-API 10. On an older Node it does not fail: it takes the process down. */
const NAPI_OF_BETTER_SQLITE3_13 = 10

/** The drivers to try, best first. One that may crash the process is not among them. */
export function drivers({ builtin, napi, betterSqlite3 }: Surroundings): readonly SqliteDriver[] {
  const found: SqliteDriver[] = builtin ? ['node:sqlite'] : []
  const major = Number.parseInt(betterSqlite3 ?? '', 10)
  if (major < 13 || (major >= 13 && napi >= NAPI_OF_BETTER_SQLITE3_13)) found.push('better-sqlite3')
  found.push('libsql')
  return found
}

/** Where drivers are looked for. */
export interface DriverSource {
  readonly surroundings: Surroundings
  /** The driver's module. Throws where it is not installed or cannot be loaded. */
  load(driver: SqliteDriver): unknown
}

/**
 * Opens a file with the first driver that works here: node:sqlite, better-sqlite3, libsql. A driver that is installed
 * without its native build is passed over. Throws `HOLDFAST_STORE_DRIVER` where there is none, and what the driver throws
 * where the file cannot be opened.
 */
export function openSqlite(path: string, source: DriverSource = installed()): SqliteDatabase {
  const failures: unknown[] = []
  for (const driver of drivers(source.surroundings)) {
    let open: OpenSqlite
    try {
      open = driverClass(source.load(driver))
      // better-sqlite3 looks for its native build not when it is loaded but when it opens a database.
      new open(':memory:').close()
    } catch (error) {
      failures.push(error)
      continue
    }
    return new open(path)
  }
  const { betterSqlite3 } = source.surroundings
  const unfit = betterSqlite3 === null ? '' : ` (better-sqlite3 ${betterSqlite3} is installed, but does not run on it)`
  throw new HoldfastError(
    'HOLDFAST_STORE_DRIVER',
    `sqliteStore found no SQLite driver for Node ${process.versions.node}${unfit}; run "npm install libsql", or use ` +
      'Node 22.13 or newer, which brings one, or give it a database that you have opened instead of a path',
    { cause: new AggregateError(failures, 'no driver could be loaded') },
  )
}

/** The drivers that this process can load. */
function installed(): DriverSource {
  // Bundled as CommonJS there is no `import.meta.url`: the app's own folder is then the best guess.
  const require = createRequire(import.meta.url ?? join(process.cwd(), 'package.json'))
  const builtin = process.getBuiltinModule?.('node:sqlite')
  const napi = Number(process.versions.napi ?? 0)
  const betterSqlite3 = installedVersion(require, 'better-sqlite3')
  return {
    surroundings: { builtin: builtin !== undefined, napi, betterSqlite3 },
    load: (driver) => (driver === 'node:sqlite' ? builtin : require(driver)),
  }
}

/** The class that a driver's module exports, under whichever name. */
function driverClass(module: unknown): OpenSqlite {
  if (typeof module === 'function') return module as OpenSqlite
  const { Database, DatabaseSync } = module as { Database?: OpenSqlite; DatabaseSync?: OpenSqlite }
  const found = Database ?? DatabaseSync
  if (found === undefined) throw new TypeError('the module exports neither Database nor DatabaseSync')
  return found
}

/** The version in a package's own package.json, read without running any of the package. */
function installedVersion(require: NodeJS.Require, name: string): string | null {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const manifest: { version?: unknown } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'))
      if (typeof manifest.version === 'string') return manifest.version
    } catch {
      // Not in this folder: the next one up may have it.
    }
  }
  return null
}
