import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SqliteDatabase } from 'holdfast/sqlite'

/** How long a statement waits while another process writes, in milliseconds. */
const BUSY_TIMEOUT = 5_000

/** How often the journal's mode is asked for while other processes start on the same new file, and the pause in between. */
const TRIES = 100
const PAUSE = 50

/**
 * Opens the one database of the shop, for sessions, users and orders alike: by Node itself where it can, else by libsql.
 * A new file, and its folder, are for their owner alone. `:memory:` is a database that nobody else sees. Throws an error of
 * one line where it cannot be opened.
 */
export async function openDatabase(path: string): Promise<SqliteDatabase> {
  try {
    return path === ':memory:' ? await open(path) : await openFile(path)
  } catch (error) {
    throw new Error(`Cannot open the database ${path}: ${(error as Error).message}`, { cause: error })
  }
}

async function openFile(path: string): Promise<SqliteDatabase> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  createFile(path)
  const database = await open(path)
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
    await useWal(database)
    database.exec('PRAGMA synchronous = normal')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** What Node brings from 22.13 on. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => SqliteDatabase
}

async function open(path: string): Promise<SqliteDatabase> {
  const builtin = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined
  if (builtin !== undefined) return new builtin.DatabaseSync(path)
  const { default: Database } = await import('libsql')
  return new Database(path)
}

/** Side files get the mode of the file itself. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** On a new file that several processes open at once SQLite refuses this without waiting: it is "locked". */
async function useWal(database: SqliteDatabase): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (tried === TRIES || !(error as Error).message.includes('locked')) throw error
      await sleep(PAUSE)
    }
  }
}
