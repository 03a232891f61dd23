import { AssertionError } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/engine/row.js'
import { dependent } from '../../src/testing/dependence.js'
import type { FaultKind } from '../../src/testing/faults.js'
import {
  type InterleaveOptions,
  interleave,
  type Outcome,
  type Scenario,
  type Tally,
} from '../../src/testing/interleave.js'
import type { Stage } from '../../src/testing/schedule.js'
import { toyRow, toyStore } from './toy-store.js'

type Play = (stage: Stage<undefined>) => Promise<unknown>

const now = 0
const plain: InterleaveOptions = { faults: [] }

function play(
  processes: Record<string, Play>,
  laws: (outcome: Outcome<undefined, unknown>) => unknown = () => undefined,
): Scenario<undefined> {
  return {
    name: 'toy',
    store: toyStore,
    setup(store) {
      for (const handle of ['a', 'b', 'c']) store.create(toyRow(handle, 'ann', { n: '0' }), now)
      return undefined
    },
    processes,
    async laws(outcome) {
      await laws(outcome)
    },
  }
}

async function fieldsOf(store: Store, handle: string): Promise<ReadonlyMap<string, string>> {
  return (await store.get(handle, now))?.fields ?? new Map()
}

const set = (store: Store, handle: string, name: string, text: string, op?: string) =>
  store.patch(handle, op === undefined ? { set: new Map([[name, text]]) } : { set: new Map([[name, text]]), op }, now)

async function increment({ store }: Stage<undefined>): Promise<void> {
  const n = Number((await fieldsOf(store, 'a')).get('n'))
  await set(store, 'a', 'n', String(n + 1))
}

async function broken(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(AssertionError)
  return (error as AssertionError).message
}

describe('a planted lost update', () => {
  const blind = play({ A: increment, B: increment }, async ({ store }) => {
    expect((await fieldsOf(store, 'a')).get('n')).toBe('2')
  })

  test('is found, with a schedule that shows it', async () => {
    const text = await broken(interleave(blind, plain))
    expect(text).toContain('scenario "toy"')
    expect(text).toContain('fault: none')
    expect(text).toMatch(/A:0 +get row1 = version 1 \{n=0\}/)
    expect(text).toMatch(/A:1 +patch row1 \(set n=1; no op\) = 3/)
  })

  test('is found by random draws alone', async () => {
    expect(await broken(interleave(blind, { ...plain, limit: 1, sample: 200, seed: 7 }))).toContain('drawn with seed 7')
  })

  test('is not there where the write is guarded and tried again', async () => {
    const guarded: Play = async ({ store }) => {
      for (;;) {
        const n = (await fieldsOf(store, 'a')).get('n') ?? null
        const patch = { set: new Map([['n', String(Number(n) + 1)]]), ifFields: new Map([['n', n]]) }
        if ((await store.patch('a', patch, now)) !== null) return
      }
    }
    const tally = await interleave(
      play({ A: guarded, B: guarded, C: guarded }, async ({ store }) => {
        expect((await fieldsOf(store, 'a')).get('n')).toBe('3')
      }),
      plain,
    )
    expect(tally.exhaustive).toBe(true)
    expect(tally.schedules).toBeGreaterThan(20)
  })

  test('appears when a tampered store takes the guard out', async () => {
    const guarded: Play = async ({ store }) => {
      const n = (await fieldsOf(store, 'a')).get('n') ?? null
      await store.patch('a', { set: new Map([['n', String(Number(n) + 1)]]), ifFields: new Map([['n', n]]) }, now)
    }
    const scenario = play({ A: guarded, B: guarded }, async ({ store, done }) => {
      const applied = done.filter(({ act, answer }) => act.call.kind === 'patch' && answer !== null).length
      expect((await fieldsOf(store, 'a')).get('n')).toBe(String(applied))
    })
    await interleave(scenario, plain)
    const tamper = (store: Store): Store => ({
      ...store,
      patch: (handle, { ifFields: _, ...patch }, at) => store.patch(handle, patch, at),
    })
    await broken(interleave(scenario, { ...plain, tamper }))
  })
})

describe('the number of orders', () => {
  const writer =
    (handle: string, times: number): Play =>
    async ({ store }) => {
      for (let i = 0; i < times; i++) await set(store, handle, 'n', String(i))
    }
  const reader: Play = async ({ store }) => {
    for (let i = 0; i < 3; i++) await store.get('a', now)
  }
  const count = async (processes: Record<string, Play>, reduce: boolean): Promise<number> => {
    const tally = await interleave(play(processes), { ...plain, reduce })
    expect(tally).toMatchObject({ exhaustive: true, sampled: 0 })
    return tally.schedules
  }

  test('acts on one row: all of them', async () => {
    expect(await count({ A: writer('a', 3), B: writer('a', 3) }, true)).toBe(20)
    expect(await count({ A: writer('a', 2), B: writer('a', 2), C: writer('a', 2) }, true)).toBe(90)
  })

  test('acts on different rows: one', async () => {
    expect(await count({ A: writer('a', 3), B: writer('b', 3) }, true)).toBe(1)
    expect(await count({ A: writer('a', 2), B: writer('b', 2), C: writer('c', 2) }, true)).toBe(1)
  })

  test('reads beside reads: one', async () => {
    expect(await count({ A: reader, B: reader }, true)).toBe(1)
  })

  test('one write beside three reads: one place for each', async () => {
    expect(await count({ A: reader, B: writer('a', 1) }, true)).toBe(4)
  })

  test('without reduction: all of them, whatever they touch', async () => {
    expect(await count({ A: writer('a', 3), B: writer('b', 3) }, false)).toBe(20)
    expect(await count({ A: reader, B: reader }, false)).toBe(20)
  })

  test('a find beside creates and ends: those of its user count', async () => {
    const find: Play = async ({ store }) => store.find({ user: 'ann' }, now, null, 10)
    const come: Play = async ({ store }) => store.create(toyRow('d', 'ann'), now)
    const other: Play = async ({ store }) => store.create(toyRow('e', 'bob'), now)
    const leave: Play = async ({ store }) => store.end('b', { op: 'x', reason: 'signed-out', until: 9 }, now)
    expect(await count({ A: find, B: come }, true)).toBe(2)
    expect(await count({ A: find, B: other }, true)).toBe(1)
    expect(await count({ A: find, B: leave }, true)).toBe(2)
    expect(await count({ A: find, B: come, C: leave }, true)).toBe(4)
  })

  test('moments: in every order with each other and with writes on sessions, but for those that say less', async () => {
    const moment: Play = ({ moment }) => moment('now')
    const narrow: Play = ({ moment }) => moment('now', (act) => act.call.kind === 'end')
    expect(await count({ A: moment, B: moment, C: moment }, true)).toBe(6)
    expect(await count({ A: moment, B: writer('a', 2) }, true)).toBe(3)
    expect(await count({ A: narrow, B: writer('a', 2) }, true)).toBe(1)
  })

  test('a process that asks for two things at once: also in both orders', async () => {
    const both: Play = async ({ store }) => {
      await Promise.all([set(store, 'a', 'n', '1'), set(store, 'b', 'n', '1')])
      await set(store, 'c', 'n', '1')
    }
    const seen = new Set<string>()
    const scenario = play({ A: both, B: writer('a', 1) }, ({ done }) => {
      seen.add(done.map(({ act }) => act.key).join(' '))
    })
    const tally = await interleave(scenario, { ...plain, reduce: false })
    expect(seen.size).toBe(tally.schedules)
    expect(tally.schedules).toBe(2 * 4)
    expect(await count({ A: both, B: writer('a', 1) }, true)).toBe(4)
  })

  test('beyond the limit orders are drawn, and counted apart', async () => {
    const scenario = play({ A: writer('a', 4), B: writer('a', 4), C: writer('a', 4) })
    const tally = await interleave(scenario, { ...plain, limit: 100, sample: 30 })
    expect(tally).toMatchObject({ schedules: 100, exhaustive: false, sampled: 30 })
  })
})

describe('reduction loses nothing', () => {
  type Step = { kind: 'get' | 'put' | 'add' | 'end' | 'create' | 'find' | 'sweep' | 'both'; row: string }
  const step = fc.record<Step>({
    kind: fc.constantFrom('get', 'put', 'add', 'end', 'create', 'find', 'sweep', 'both'),
    row: fc.constantFrom('a', 'b', 'd'),
  })
  const length = (steps: readonly Step[]) => steps.reduce((sum, { kind }) => sum + (kind === 'both' ? 3 : 1), 0)
  /** Two or three processes with so many acts at most, that plain enumeration stays small. */
  const programs = (most: number) =>
    fc
      .array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 })
      .filter((each) => each.reduce((sum, steps) => sum + length(steps), 0) <= most)

  /** What a process read goes into what it writes, so that every difference in order shows in the end. */
  const run =
    (steps: readonly Step[]): Play =>
    async ({ store, moment }) => {
      let seen = ''
      let known = 'abc'
      for (const { kind: wanted, row } of steps) {
        // As with real handles, nobody writes to a row of which nobody can know yet.
        const kind = known.includes(row) || wanted === 'create' ? wanted : 'get'
        if (kind === 'create') known += row
        if (kind === 'get') seen += JSON.stringify([...(await fieldsOf(store, row))])
        if (kind === 'put') await set(store, row, 'n', `put${seen.length}`)
        if (kind === 'add') seen += String(await set(store, row, seen.slice(-9), 'added'))
        if (kind === 'end') await store.end(row, { op: seen, reason: 'signed-out', until: 9 }, now)
        if (kind === 'create') seen += String(await store.create(toyRow(row, 'ann'), now))
        if (kind === 'find')
          seen += (await store.find({ user: 'ann' }, now, null, 10)).rows.map((found) => found.handle)
        if (kind === 'sweep') seen += (await store.sweep?.(now, 10))?.length
        if (kind === 'both')
          await Promise.all([set(store, 'a', 'x', seen), store.get(row, now), moment('m', () => false)])
      }
      return seen
    }

  const endings = async (
    steps: readonly (readonly Step[])[],
    options: InterleaveOptions,
  ): Promise<[Set<string>, Tally]> => {
    const seen = new Set<string>()
    const processes = Object.fromEntries(steps.map((each, index) => [`P${index}`, run(each)]))
    const scenario = play(processes, async ({ store, results }) => {
      const rows = await Promise.all(['a', 'b', 'c', 'd'].map((handle) => store.get(handle, now)))
      const state = rows.map((row) => row && [[...row.fields].toSorted(), row.version, row.ended])
      seen.add(JSON.stringify([state, [...results].toSorted()]))
    })
    const tally = await interleave(scenario, { limit: 1_000_000, ...options })
    return [seen, tally]
  }

  test('the ends of random programs are the same as by plain enumeration', async () => {
    await fc.assert(
      fc.asyncProperty(programs(8), async (steps) => {
        const [all, plainly] = await endings(steps, { faults: [], reduce: false })
        const [some, reduced] = await endings(steps, { faults: [] })
        expect(some).toEqual(all)
        expect(reduced.schedules).toBeLessThanOrEqual(plainly.schedules)
      }),
      { numRuns: 200, seed: 5 },
    )
  })

  test('and with every fault', async () => {
    await fc.assert(
      fc.asyncProperty(programs(5), async (steps) => {
        const [all] = await endings(steps, { reduce: false })
        const [some] = await endings(steps, {})
        expect(some).toEqual(all)
      }),
      { numRuns: 150, seed: 6 },
    )
  })

  test('exactly one order is run out of those that differ only in acts that commute', async () => {
    await fc.assert(
      fc.asyncProperty(programs(7), async (steps) => {
        const processes = Object.fromEntries(steps.map((each, index) => [`P${index}`, run(each)]))
        const classes = new Set<string>()
        const scenario = play(processes, ({ done }) => {
          const acts = done.map(({ act }) => act)
          const pairs = acts.flatMap((a, i) =>
            acts.slice(i + 1).flatMap((b) => (dependent(a, b) ? [`${a.key}<${b.key}`] : [])),
          )
          classes.add(pairs.toSorted().join(' '))
        })
        await interleave(scenario, { faults: [], limit: 1_000_000, reduce: false })
        const all = classes.size
        classes.clear()
        const reduced = await interleave(scenario, { faults: [], limit: 1_000_000 })
        expect([classes.size, reduced.schedules]).toEqual([all, all])
      }),
      { numRuns: 150, seed: 7 },
    )
  })
})

describe('faults', () => {
  const write: Play = async ({ store }) => {
    await store.get('a', now)
    await set(store, 'a', 'n', '1')
    return 'done'
  }
  const seen = async (kind: FaultKind, processes: Record<string, Play>) => {
    const ends = new Set<string>()
    const scenario = play(processes, async ({ store, results, fault }) => {
      if (fault === null) return
      const row = await store.get('a', now)
      const result = results.get('A')
      const how = result?.status === 'threw' ? `threw ${String(result.error)}` : result?.status
      ends.add(`${fault.process}:${fault.ordinal} n=${row?.fields.get('n')} version ${row?.version} ${how}`)
    })
    const tally = await interleave(scenario, { faults: [kind] })
    expect(tally.faults.exhaustive).toBe(tally.faults.tried)
    return [...ends]
  }

  test('a crash before the first act and after each', async () => {
    expect(await seen('crash-before', { A: write })).toEqual(['A:0 n=0 version 1 crashed'])
    expect(await seen('crash-after', { A: write })).toEqual(['A:0 n=0 version 1 crashed', 'A:1 n=1 version 2 crashed'])
  })

  test('a lost answer: the write is there, and the caller gets an error', async () => {
    expect(await seen('lost', { A: write })).toEqual(['A:1 n=1 version 2 threw NoAnswer: the connection broke'])
  })

  test('an act that never arrived: nothing is there, and the caller gets an error', async () => {
    expect(await seen('missing', { A: write })).toEqual([
      'A:0 n=0 version 1 threw NoAnswer: the connection broke',
      'A:1 n=0 version 1 threw NoAnswer: the connection broke',
    ])
  })

  test('a late second copy: at every later point', async () => {
    const twice: Play = async ({ store }) => {
      await set(store, 'a', 'n', '1')
      await set(store, 'a', 'n', '2')
    }
    expect(await seen('late', { A: twice })).toEqual([
      'A:0 n=1 version 4 returned',
      'A:0 n=2 version 4 returned',
      'A:1 n=2 version 4 returned',
    ])
  })

  test('a late second copy changes nothing where the row remembers its op', async () => {
    const named: Play = async ({ store }) => {
      await set(store, 'a', 'n', '1', 'first')
      await set(store, 'a', 'n', '2', 'second')
    }
    expect(await seen('late', { A: named })).toEqual(['A:0 n=2 version 3 returned', 'A:1 n=2 version 3 returned'])
  })

  test('a delayed act: the caller gets an error, and it arrives at every later point, or last of all', async () => {
    const twice: Play = async ({ store }) => {
      await Promise.resolve(set(store, 'a', 'n', '1')).catch(() => undefined)
      await set(store, 'a', 'n', '2')
    }
    expect(await seen('delayed', { A: twice })).toEqual([
      'A:0 n=1 version 3 returned',
      'A:0 n=2 version 3 returned',
      'A:1 n=2 version 3 threw NoAnswer: the connection broke',
    ])
  })

  test('twice: the second attempt is struck too', async () => {
    const persistent: Play = async ({ store }) => {
      await Promise.resolve(set(store, 'a', 'n', '1', 'op')).catch(() => set(store, 'a', 'n', '1', 'op'))
    }
    const broke = 'threw NoAnswer: the connection broke'
    expect(await seen('lost-twice', { A: persistent })).toEqual([`A:0 n=1 version 2 ${broke}`])
    expect(await seen('missing-twice', { A: persistent })).toEqual([`A:0 n=0 version 1 ${broke}`])
    expect(await seen('delayed-twice', { A: persistent })).toEqual([`A:0 n=1 version 2 ${broke}`])
    expect(await seen('lost', { A: persistent })).toEqual(['A:0 n=1 version 2 returned'])
  })

  test('strike one at a time, and other processes go on', async () => {
    const struck: string[] = []
    const scenario = play({ A: write, B: write }, ({ results, done, fault }) => {
      struck.push(...done.flatMap((each) => (each.fault === null ? [] : [`${each.fault} at ${each.act.key}`])))
      const other = fault?.process === 'A' ? 'B' : 'A'
      expect(results.get(other)).toEqual({ status: 'returned', value: 'done' })
      expect(done.filter((each) => each.fault !== null).length).toBe(fault === null ? 0 : 1)
    })
    const tally = await interleave(scenario, { faults: ['crash-before', 'crash-after', 'lost', 'missing', 'late'] })
    const kinds = ['crash-before at #:0', 'crash-after at #:0', 'missing at #:0']
    const later = ['crash-after at #:1', 'lost at #:1', 'missing at #:1', 'late at #:1']
    const expected = ['A', 'B'].flatMap((name) => [...kinds, ...later].map((text) => text.replace('#', name)))
    expect([...new Set(struck)].toSorted()).toEqual(expected.toSorted())
    expect(tally.faults.tried).toBe(expected.length)
  })

  test('are in the report', async () => {
    const scenario = play({ A: write }, ({ results }) => {
      expect(results.get('A')?.status).toBe('returned')
    })
    const text = await broken(interleave(scenario, { faults: ['lost'] }))
    expect(text).toContain('fault: lost at A:1')
    expect(text).toMatch(/patch row1 .* << lost/)
    expect(text).toContain('A threw NoAnswer')
  })
})

test('processes that never come to an end are a broken law', async () => {
  const restless: Play = async ({ store }) => {
    for (;;) await store.get('a', now)
  }
  expect(await broken(interleave(play({ A: restless }), plain))).toContain('go on for ever')
})

describe('a scenario that cannot be judged is refused', () => {
  test('one that waits for a timer', async () => {
    const slow: Play = () => new Promise((resolve) => setTimeout(resolve, 1))
    await expect(interleave(play({ A: slow }), plain)).rejects.toThrow('process A waits for something that is no act')
  })

  test('one that is not repeatable', async () => {
    let runs = 0
    const fickle: Play = async ({ store }) => {
      if (runs++ > 0) await store.get('b', now)
      else await Promise.all([store.get('a', now), set(store, 'a', 'n', '1'), set(store, 'a', 'n', '2')])
    }
    await expect(interleave(play({ A: fickle, B: increment }), plain)).rejects.toThrow('not repeatable')
  })
})
