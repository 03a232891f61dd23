import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { openSqlite, type SqliteDatabase } from './sqlite-driver.js'

/** Whether a commit waits for the disk: see `SqliteOptions.durability`. */
export type Durability = 'normal' | 'full'

/** How long a statement waits while another process writes, in milliseconds. */
const BUSY_TIMEOUT = 5_000

/** How long to wait between two attempts at WAL mode, in milliseconds. */
const WAL_PAUSE = 10

/** Opens a file as several processes on one machine need it. Throws what the driver throws. */
export function openFile(path: string, durability: Durability): SqliteDatabase {
  createFile(path)
  const database = openSqlite(path)
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
    useWal(database)
    database.exec(`PRAGMA synchronous = ${durability}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Lets a database that somebody else opened wait for other processes, unless its owner has already said how long. */
export function ensureBusyTimeout(database: SqliteDatabase): void {
  const [pragma] = database.prepare('PRAGMA busy_timeout').all() as { timeout: number }[]
  if (pragma?.timeout === 0) database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
}

/**
 * Creates the file, and its folder, for its owner alone; SQLite gives its side files the same mode. A file that is there
 * is not even opened: closing it again would drop the locks which other connections of this process hold on it.
 */
function createFile(path: string): void {
  if (path === '' || path.startsWith(':') || /^[a-z][a-z+]+:/i.test(path)) return
  mkdirSync(dirname(path), { recursive: true })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/**
 * WAL lets readers go on while one writes. When several processes start on a new file, SQLite may refuse the change of
 * mode at once in spite of the busy timeout: then it is asked again, for as long as that timeout says.
 */
function useWal(database: SqliteDatabase): void {
  for (let waited = 0; ; waited += WAL_PAUSE) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (waited >= BUSY_TIMEOUT || !isBusy(error)) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE)
    }
  }
}

/** SQLITE_BUSY (5) and its extended codes, as the three drivers report it. */
function isBusy(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (typeof errcode === 'number') return (errcode & 0xff) === 5
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY')
}
