import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ended, Row } from '../../src/engine/row.js'
import { sqliteStore } from '../../src/stores/sqlite.js'
import { newEnding, newRow, numbers, put, read } from '../../src/testing/store-kit/fixture.js'

const PROCESSES = 4
const RUNS = 20

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
const children: ChildProcess[] = []

beforeAll(async () => {
  // What the processes import: up to date after a tenth of a second where it was built before.
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/holdfast'], { cwd: root })
  const script = fileURLToPath(new URL('fixtures/sqlite-process.js', import.meta.url))
  for (const _ of numbers(PROCESSES)) children.push(fork(script, { execArgv: [] }))
  await Promise.all(children.map((child) => answer(child)))
}, 120_000)

afterAll(async () => {
  await Promise.all(
    children.map((child) => {
      const gone = once(child, 'exit')
      child.disconnect()
      return gone
    }),
  )
  rmSync(folder, { recursive: true })
})

/** The next answer of a process. Fails where the task failed, or the process is gone. */
function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const isGone = () => reject(new Error('a process is gone'))
    child.once('exit', isGone)
    child.once('message', (message) => {
      child.off('exit', isGone)
      const { answer, error } = message as { answer?: unknown; error?: string }
      if (error === undefined) resolve(answer)
      else reject(new Error(error))
    })
  })
}

/** Has all processes do a task at once. */
function everyone<T>(path: string, task: string, what: (number: number) => object): Promise<T[]> {
  const answers = children.map((child) => answer(child) as Promise<T>)
  for (const [number, child] of children.entries()) child.send({ path, task, ...what(number) })
  return Promise.all(answers)
}

test('LC-07: 4 processes on one file: 200 patches of different fields, 200 stay, 20 of 20 times', async () => {
  const path = join(folder, 'patches.db')
  const store = sqliteStore(path)
  const now = Date.now()
  for (const run of numbers(RUNS)) {
    const { handle } = await put(store, now, { fields: new Map() })
    const names = (number: number) => numbers(200 / PROCESSES).map((i) => `run-${run}-process-${number}-field-${i}`)
    const versions = await everyone<number[]>(path, 'patch', (number) => ({ handle, now, names: names(number) }))
    const after = await read(store, handle, now)
    expect(new Map(after.fields)).toEqual(
      new Map(
        numbers(PROCESSES)
          .flatMap(names)
          .map((name) => [name, '1']),
      ),
    )
    expect(after.fields.size).toBe(200)
    expect(versions.flat().sort((a, b) => a - b)).toEqual(numbers(200).map((i) => i + 2))
  }
  await store.close()
}, 120_000)

test('LC-07: 4 processes on one file: 400 increments by ifFields make 400', async () => {
  const path = join(folder, 'increments.db')
  const store = sqliteStore(path)
  const now = Date.now()
  const { handle } = await put(store, now, { fields: new Map() })
  await everyone(path, 'increment', () => ({ handle, now, times: 100 }))
  expect((await read(store, handle, now)).fields.get('n')).toBe('400')
  await store.close()
}, 120_000)

test('LC-06: an end in one process among the patches of three others is final, and has what was acknowledged', async () => {
  const path = join(folder, 'ends.db')
  const store = sqliteStore(path)
  const now = Date.now()
  for (const run of numbers(RUNS)) {
    const { handle } = await put(store, now, { fields: new Map() })
    const ending = newEnding(now, { reason: 'superseded' })
    const names = (number: number) => numbers(30).map((i) => `process-${number}-field-${i}`)
    const answers = children.map((child) => answer(child))
    for (const [number, child] of children.entries()) {
      if (number === run % PROCESSES) child.send({ path, task: 'end', handle, ending, now })
      else child.send({ path, task: 'patch', handle, names: names(number), now })
    }
    const acknowledged: string[] = []
    for (const [number, answered] of (await Promise.all(answers)).entries()) {
      if (number === run % PROCESSES) expect((answered as Ended).by).toBe(ending.op)
      else acknowledged.push(...names(number).filter((_, i) => (answered as unknown[])[i] !== null))
    }
    const after = await read(store, handle, now)
    expect([...after.fields.keys()].sort()).toEqual(acknowledged.sort())
    expect([after.version, after.ended?.by]).toEqual([1 + acknowledged.length, ending.op])
  }
  await store.close()
}, 120_000)

test('several processes create the table of a new file at once, 20 of 20 times', async () => {
  const now = Date.now()
  for (const run of numbers(RUNS)) {
    const path = join(folder, `new-${run}.db`)
    const rows: Row[] = children.map(() => newRow(now))
    expect(await everyone(path, 'create', (number) => ({ row: rows[number], now }))).toEqual(children.map(() => true))
    const store = sqliteStore(path)
    const found = (await store.find({ all: true }, now, null, 100)).rows.map((row) => row.handle)
    expect(found.sort()).toEqual(rows.map((row) => row.handle).sort())
    await store.close()
  }
}, 120_000)

test('several processes sweep one file: each dead row goes to one of them', async () => {
  const path = join(folder, 'sweeps.db')
  const store = sqliteStore(path)
  const now = Date.now()
  const dead: string[] = []
  for (const _ of numbers(400)) dead.push((await put(store, now, { expiresAt: now + 1 })).handle)
  const live = await put(store, now)
  const claimed = await everyone<string[]>(path, 'sweep', () => ({ now: now + 1, limit: 3 }))
  expect(claimed.flat().sort()).toEqual(dead.sort())
  expect((await read(store, live.handle, now)).ended).toBeNull()
  await store.close()
}, 120_000)
