import { describe, expect, test } from 'vitest'
import { HoldfastError } from '../../src/engine/errors.js'
import { type DriverSource, drivers, openSqlite, type SqliteDatabase } from '../../src/stores/sqlite-driver.js'

describe('the order of drivers', () => {
  const table = [
    // Node 20.19: no node:sqlite, Node-API 9
    [{ builtin: false, napi: 9, betterSqlite3: null }, ['libsql']],
    [{ builtin: false, napi: 9, betterSqlite3: '12.11.1' }, ['better-sqlite3', 'libsql']],
    [{ builtin: false, napi: 9, betterSqlite3: '13.2.0' }, ['libsql']],
    [{ builtin: false, napi: 9, betterSqlite3: '14.0.0-beta.1' }, ['libsql']],
    [{ builtin: false, napi: 9, betterSqlite3: 'next' }, ['libsql']],
    // Node 22.12 and 22.13
    [{ builtin: false, napi: 9, betterSqlite3: '13.0.0' }, ['libsql']],
    [{ builtin: true, napi: 9, betterSqlite3: '13.0.0' }, ['node:sqlite', 'libsql']],
    // Node 24
    [{ builtin: true, napi: 10, betterSqlite3: null }, ['node:sqlite', 'libsql']],
    [{ builtin: true, napi: 10, betterSqlite3: '13.2.0' }, ['node:sqlite', 'better-sqlite3', 'libsql']],
    [{ builtin: false, napi: 10, betterSqlite3: '13.2.0' }, ['better-sqlite3', 'libsql']],
    // Neither Node nor a version that it names
    [{ builtin: false, napi: 0, betterSqlite3: '13.0.0' }, ['libsql']],
  ] as const
  test.each(table)('%j: %j', (surroundings, order) => {
    expect(drivers(surroundings)).toEqual(order)
  })
})

/** Drivers, by their versions, that log what is loaded and what they open. One that is `unbuilt` cannot open. */
function fakeDrivers(napi: number, installed: Record<string, string>): DriverSource & { log: string[] } {
  const log: string[] = []
  return {
    log,
    surroundings: { builtin: 'node:sqlite' in installed, napi, betterSqlite3: installed['better-sqlite3'] ?? null },
    load(driver) {
      log.push(`load ${driver}`)
      const version = installed[driver]
      if (version === undefined) throw new Error(`Cannot find module '${driver}'`)
      const isUnbuilt = version.endsWith('unbuilt')
      class Database implements SqliteDatabase {
        constructor(path: string) {
          if (isUnbuilt) throw new Error('Could not locate the bindings file')
          if (path !== ':memory:') log.push(`${driver} opens ${path}`)
        }
        exec(): void {}
        prepare(): never {
          throw new Error('not asked for')
        }
        close(): void {}
      }
      return driver === 'node:sqlite' ? { DatabaseSync: Database } : Database
    },
  }
}

describe('opening a file', () => {
  test('the first driver that is there opens it, and no other is loaded', () => {
    const source = fakeDrivers(10, { 'node:sqlite': '', 'better-sqlite3': '13.2.0', libsql: '0.5.29' })
    openSqlite('a.db', source)
    expect(source.log).toEqual(['load node:sqlite', 'node:sqlite opens a.db'])
  })

  test('better-sqlite3 12 without its native build is passed over', () => {
    const source = fakeDrivers(9, { 'better-sqlite3': '12.11.1-unbuilt', libsql: '0.5.29' })
    openSqlite('a.db', source)
    expect(source.log).toEqual(['load better-sqlite3', 'load libsql', 'libsql opens a.db'])
  })

  test('better-sqlite3 13 is not even loaded by a Node that it would take down', () => {
    const source = fakeDrivers(9, { 'better-sqlite3': '13.2.0', libsql: '0.5.29' })
    openSqlite('a.db', source)
    expect(source.log).toEqual(['load libsql', 'libsql opens a.db'])
  })

  test('without a driver the error names what to install, and keeps why each one failed', () => {
    const source = fakeDrivers(9, { 'better-sqlite3': '12.11.1-unbuilt' })
    let error: unknown
    try {
      openSqlite('a.db', source)
    } catch (thrown) {
      error = thrown
    }
    if (!(error instanceof HoldfastError)) throw error
    expect(error.code).toBe('HOLDFAST_STORE_DRIVER')
    expect(error.message).toContain('npm install libsql')
    expect(error.message).toContain('better-sqlite3 12.11.1-unbuilt is installed')
    const causes = (error.cause as AggregateError).errors.map(String)
    expect(causes).toEqual([
      expect.stringContaining('bindings file'),
      expect.stringContaining("Cannot find module 'libsql'"),
    ])
  })

  test('a module that exports no database is passed over', () => {
    const source = { ...fakeDrivers(9, {}), load: () => ({ default: {} }) }
    expect(() => openSqlite('a.db', source)).toThrowError(expect.objectContaining({ code: 'HOLDFAST_STORE_DRIVER' }))
  })

  test('this Node has a driver', () => {
    const database = openSqlite(':memory:')
    expect(database.prepare('SELECT 1 AS one').all()).toMatchObject([{ one: 1 }])
    database.close()
  })
})
