import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sqliteStore } from '../../src/stores/sqlite.js'
import { openSqlite, type SqliteDatabase } from '../../src/stores/sqlite-driver.js'
import { openFile } from '../../src/stores/sqlite-file.js'
import { sqliteStatements } from '../../src/stores/sqlite-statements.js'
import { endRow, newEnding, newHandle, newOp, newRow, numbers, put, read } from '../../src/testing/store-kit/fixture.js'
import { storeKit } from '../../src/testing/store-kit.js'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
afterAll(() => rmSync(folder, { recursive: true }))

const newPath = () => join(folder, `${newHandle()}.db`)
const now = Date.now()

storeKit({
  name: 'sqlite, a path',
  test: (name, fn) => test(name, fn, 60_000),
  open: async () => {
    const path = newPath()
    const store = sqliteStore(path)
    return { store, again: async () => sqliteStore(path), close: async () => store.close() }
  },
  runs: 20,
})

storeKit({
  name: 'sqlite, a database that was handed over, and another table',
  test: (name, fn) => test(name, fn, 60_000),
  open: async () => {
    const database = openSqlite(':memory:')
    const store = sqliteStore(database, { table: 'Other_1' })
    const again = async () => sqliteStore(database, { table: 'Other_1' })
    return { store, again, close: async () => void database.close() }
  },
})

/** What a pragma answers. */
function pragma(database: SqliteDatabase, name: string): unknown {
  const [row] = database.prepare(`PRAGMA ${name}`).all() as Record<string, unknown>[]
  return Object.values(row ?? {})[0]
}

test('nothing is opened or created before the first act, nor by close', async () => {
  const path = newPath()
  const store = sqliteStore(path)
  expect(existsSync(path)).toBe(false)
  await store.close()
  expect(existsSync(path)).toBe(false)
})

test('after close an act says so, and opens nothing again', async () => {
  const path = newPath()
  const store = sqliteStore(path)
  await put(store, now)
  await store.close()
  rmSync(path)
  expect(() => store.get(newHandle(), now)).toThrowError(expect.objectContaining({ code: 'HOLDFAST_STORE' }))
  expect(existsSync(path)).toBe(false)
})

test('a new file and its side files are for their owner alone, in a folder that is created', async () => {
  const path = join(folder, 'deep', 'er', 'sessions.db')
  const store = sqliteStore(path)
  await put(store, now)
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600)
  await store.close()
})

test('a file that is there keeps its mode and what is in it', async () => {
  const path = newPath()
  writeFileSync(path, '', { mode: 0o640 })
  const first = sqliteStore(path)
  const row = await put(first, now)
  await first.close()
  const second = sqliteStore(path)
  expect((await read(second, row.handle, now)).keys).toBe(row.keys)
  expect(statSync(path).mode & 0o777).toBe(0o640)
  await second.close()
})

test('a file is in WAL mode', async () => {
  const path = newPath()
  const store = sqliteStore(path)
  await put(store, now)
  const reader = openSqlite(path)
  expect(pragma(reader, 'journal_mode')).toBe('wal')
  reader.close()
  await store.close()
})

test.each([
  ['normal', 1],
  ['full', 2],
] as const)('durability %s is synchronous = %i', (durability, synchronous) => {
  const database = openFile(newPath(), durability)
  expect(['synchronous', 'busy_timeout'].map((name) => pragma(database, name))).toEqual([synchronous, 5_000])
  database.close()
})

test('what cannot be opened throws what the driver throws, and is tried again at the next act', async () => {
  const path = newPath()
  mkdirSync(path)
  const store = sqliteStore(path)
  expect(() => store.get(newHandle(), now)).toThrowError(/open/i)
  rmSync(path, { recursive: true })
  expect(await store.get(newHandle(), now)).toBeNull()
  await store.close()
})

test('a database that was handed over is not closed, and keeps its settings', async () => {
  const database = openSqlite(newPath())
  database.exec('PRAGMA synchronous = OFF')
  database.exec('PRAGMA busy_timeout = 123')
  const store = sqliteStore(database, { durability: 'full' })
  const { handle } = await put(store, now)
  await store.close()
  await store.close()
  expect(database.prepare('SELECT handle FROM holdfast_rows').all()).toMatchObject([{ handle }])
  expect(['synchronous', 'busy_timeout', 'journal_mode'].map((name) => pragma(database, name))).toEqual([
    0,
    123,
    'delete',
  ])
  database.close()
})

test('a database that was handed over without a busy timeout gets one', async () => {
  const database = openSqlite(':memory:')
  database.exec('PRAGMA busy_timeout = 0')
  await put(sqliteStore(database), now)
  expect(pragma(database, 'busy_timeout')).toBe(5_000)
  database.close()
})

test('two tables in one file know nothing of each other', async () => {
  const path = newPath()
  const [one, two] = [sqliteStore(path, { table: 'order' }), sqliteStore(path, { table: 'group' })]
  const { handle } = await put(one, now)
  expect(await two.get(handle, now)).toBeNull()
  await one.close()
  await two.close()
})

test('a name that is none for a table, and an unknown durability, are refused', () => {
  for (const table of ['', '1a', 'a b', 'a"; DROP TABLE users; --', 'a.b', 'é', 'sqlite_rows', 'x'.repeat(49)]) {
    expect(() => sqliteStore(':memory:', { table })).toThrowError(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
  }
  for (const durability of ['off', 'FULL', '1; DROP TABLE users']) {
    const options = { durability: durability as 'full' }
    expect(() => sqliteStore(':memory:', options)).toThrowError(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
  }
})

test('an op that is not as wide as the contract says is refused', async () => {
  const store = sqliteStore(':memory:')
  const row = await put(store, now)
  expect(() => store.patch(row.handle, { set: new Map(), op: 'short' }, now)).toThrowError(TypeError)
  expect(() => store.create(newRow(now, { ops: [`${newOp()}x`] }), now)).toThrowError(TypeError)
  await store.close()
})

test('a guarded end tries again on what another process has made of the row meanwhile', async () => {
  // The other process ends the row exactly between the two statements of a guarded end.
  const path = newPath()
  const other = sqliteStore(path)
  const { handle } = await put(other, now)
  const inner = openSqlite(path)
  let between: (() => unknown) | undefined = () => other.end(handle, newEnding(now, { reason: 'superseded' }), now)
  const database: SqliteDatabase = {
    exec: (sql) => inner.exec(sql),
    close: () => inner.close(),
    prepare(sql) {
      const statement = inner.prepare(sql)
      return {
        all: (...values) => statement.all(...values),
        get(...values) {
          between?.()
          between = undefined
          return statement.get(...values)
        },
      }
    },
  }
  const ended = await endRow(
    sqliteStore(database),
    handle,
    newEnding(now, { reason: 'reused', ifKeys: '1second' }),
    now,
  )
  expect(ended.ended?.reason).toBe('reused')
  inner.close()
  await other.close()
})

test('find and sweep walk an index: their cost does not grow with other rows', async () => {
  const database = openSqlite(':memory:')
  const store = sqliteStore(database)
  for (const i of numbers(50)) await put(store, now, { user: `user-${i}`, link: `link-${i}` })
  const { findUser, findLink, findAll, sweep } = sqliteStatements('holdfast_rows')
  const plan = (sql: string) => {
    const values = numbers((sql.match(/\?/g) ?? []).length)
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]
    return steps.map((step) => step.detail).join('; ')
  }
  expect(plan(findUser)).toMatch(/^SEARCH holdfast_rows USING INDEX holdfast_rows_user \(user=\? AND handle>\?\)$/)
  expect(plan(findLink)).toMatch(/^SEARCH holdfast_rows USING INDEX holdfast_rows_link \(link=\? AND handle>\?\)$/)
  expect(plan(findAll)).toMatch(/^SEARCH holdfast_rows USING INDEX holdfast_rows_live \(handle>\?\)$/)
  expect(plan(sweep)).toMatch(/SEARCH holdfast_rows USING (COVERING )?INDEX holdfast_rows_dead \(<expr><\?\)/)
  database.close()
})
