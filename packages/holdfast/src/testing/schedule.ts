import type { Row, Store } from '../engine/row.js'
import type { Act, Call, Conflicts } from './act.js'
import { allMomentsAndWrites } from './dependence.js'
import { type Effect, effectOn, type Fault, NoAnswer } from './faults.js'
import type { RecordedSetup } from './recorded-setup.js'

/** What a process of a scenario is given. */
export interface Stage<C> {
  /** What the scenario's `setup` answered. It is made once and serves every run: never change it. */
  readonly context: C
  /** The process' own way to the shared store: each call waits until the schedule lets it happen. */
  readonly store: Store
  /**
   * Takes a place in the order of acts, so that a law can compare when something began or was acknowledged. By default
   * it changes places with no other moment and with no write on a session's row; `conflicts` narrows that.
   */
  moment(name: string, conflicts?: Conflicts): Promise<void>
}

/** How a process ended. `crashed` also where nobody ever answered it. */
export type Result<R> =
  | { readonly status: 'returned'; readonly value: R }
  | { readonly status: 'threw'; readonly error: unknown }
  | { readonly status: 'crashed' }

/** An act in its place in a schedule, with what came of it. */
export interface Done {
  readonly act: Act
  /** What the store answered, or what it threw; absent where the act never reached the store. */
  readonly answer?: unknown
  readonly thrown?: unknown
  /** The fault that struck here. */
  readonly fault: Fault['kind'] | null
}

/** One run of a scenario. */
export interface Course<R> {
  readonly done: readonly Done[]
  readonly results: ReadonlyMap<string, Result<R>>
  /** The store after the last act, open to be asked without a schedule. */
  readonly store: Store
  /** Whether the fault struck: in some orders its act is never asked for. */
  readonly struck: boolean
  /** `given-up` by the chooser; `endless` where the processes still had acts to do after {@link MOST_ACTS}. */
  readonly ending: 'finished' | 'given-up' | 'endless'
  /** The name that reports give to a row. */
  alias(handle: string): string
}

/** A run with more acts than this goes round in circles. */
export const MOST_ACTS = 500

/** A scenario made ready to be run many times. */
export interface Script<C, R> extends RecordedSetup<C> {
  readonly processes: Readonly<Record<string, (stage: Stage<C>) => Promise<R>>>
  tamper(store: Store, process: string): Store
}

/** Picks the act that happens next, by its place in the list; -1 gives the run up. */
export type Choose = (pending: readonly Act[]) => number

interface Waiting extends Act {
  /** What a fault does to it. */
  readonly effect: Effect | null
  /** Lets the act happen on the store. */
  perform(): unknown
  /** Called with the answer. */
  answer(value: unknown): void
  fail(error: unknown): void
}

/** Runs a scenario once, in the order that `choose` makes as it goes. */
export async function runSchedule<C, R>(script: Script<C, R>, choose: Choose, fault: Fault | null): Promise<Course<R>> {
  const store = await script.fresh()
  const aliases = new Map<string, string>()
  const found = new Map<string, Act['found']>()
  const done: Done[] = []
  const results = new Map<string, Result<R>>()
  let pending: Waiting[] = []
  let struck = false

  const alias = (handle: string): string => aliases.get(handle) ?? '?'
  const learn = (row: Row, name: string): void => {
    if (!aliases.has(row.handle)) aliases.set(row.handle, row.kind === 'record' ? `record ${name}` : name)
    if (row.kind === 'session') found.set(row.handle, { user: row.user, link: row.link })
  }
  script.rows.forEach((row, index) => {
    learn(row, `row${index + 1}`)
  })

  const stageOf = (process: string): Stage<C> => {
    let asked = 0
    let created = 0
    const ask = <T>(call: Call, perform: () => unknown): Promise<T> =>
      new Promise<T>((answer, fail) => {
        // A process that crashed may still run on, for instance when its own deadline passes: nobody listens.
        if (results.get(process)?.status === 'crashed') return
        const ordinal = asked++
        const handle = handleOf(call)
        const effect = effectOn(fault, process, ordinal, call)
        pending.push({
          key: `${process}:${ordinal}`,
          thread: process,
          process,
          ordinal,
          call,
          handle,
          found: handle === null ? null : (found.get(handle) ?? null),
          after: done.length - 1,
          idle: effect?.carried === 'never' || effect?.carried === 'later',
          effect,
          perform,
          answer: answer as (value: unknown) => void,
          fail,
        })
      })
    const facade: Store = {
      name: store.name,
      create: (row, now) => {
        learn(row, `${process}${++created}`)
        return ask({ kind: 'create', row }, () => store.create(row, now))
      },
      get: (handle, now, fresh) => ask({ kind: 'get', handle }, () => store.get(handle, now, fresh)),
      patch: (handle, patch, now) => ask({ kind: 'patch', handle, patch }, () => store.patch(handle, patch, now)),
      end: (handle, ending, now) => ask({ kind: 'end', handle, ending }, () => store.end(handle, ending, now)),
      find: (index, now, cursor, limit) =>
        ask({ kind: 'find', index }, async () => {
          const page = await store.find(index, now, cursor, limit)
          // Handles are random and the order is the store's own: by alias, equal choices lead to equal acts.
          return { ...page, rows: page.rows.toSorted((a, b) => (alias(a.handle) < alias(b.handle) ? -1 : 1)) }
        }),
      close: () => undefined,
    }
    const { sweep } = store
    if (sweep !== undefined) {
      facade.sweep = (now, limit) => ask({ kind: 'sweep' }, () => sweep.call(store, now, limit))
    }
    return {
      context: script.context,
      store: script.tamper(facade, process),
      moment: (name, conflicts = allMomentsAndWrites) => ask({ kind: 'moment', name, conflicts }, () => undefined),
    }
  }

  const crash = (process: string): void => {
    results.set(process, { status: 'crashed' })
    pending = pending.filter((act) => act.thread !== process)
  }

  const happen = async (act: Waiting): Promise<void> => {
    const { effect } = act
    const kind = effect === null ? null : (fault as Fault).kind
    if (effect !== null) struck = true
    try {
      const performed = act.idle ? undefined : act.perform()
      const answer = isThenable(performed) ? await performed : performed
      done.push(act.idle ? { act, fault: kind } : { act, answer, fault: kind })
      if (effect === null || effect.told === 'answer') act.answer(answer)
      else if (effect.told === 'nobody') crash(act.process)
      else act.fail(new NoAnswer('the connection broke'))
    } catch (thrown) {
      done.push({ act, thrown, fault: kind })
      act.fail(thrown)
    }
    if (effect?.carried === 'later' || effect?.carried === 'now and later') pending.push(lateCopy(act, done.length - 1))
  }

  for (const [name, process] of Object.entries(script.processes)) {
    const settle = (result: Result<R>): void => {
      if (!results.has(name)) results.set(name, result)
    }
    process(stageOf(name)).then(
      (value) => settle({ status: 'returned', value }),
      (error: unknown) => settle({ status: 'threw', error }),
    )
  }
  await untilAllStopped()
  let ending: Course<R>['ending'] = 'finished'
  while (pending.length > 0) {
    const next = done.length < MOST_ACTS ? pending[choose(pending)] : undefined
    if (next === undefined) {
      ending = done.length < MOST_ACTS ? 'given-up' : 'endless'
      break
    }
    pending = pending.filter((act) => act !== next)
    await happen(next)
    await untilAllStopped()
  }
  const stuck = Object.keys(script.processes).find((name) => !results.has(name))
  if (ending === 'finished' && stuck !== undefined) {
    throw new Error(`holdfast: process ${stuck} waits for something that is no act of the store, such as a timer`)
  }
  for (const act of pending) results.set(act.process, { status: 'crashed' })
  return { done, results, store, struck, ending, alias }
}

/**
 * Ticks run when no promise has anything left to do: every process then waits for an act, or has ended. Unlike a timer it
 * costs a microsecond and leaves nothing to luck.
 */
function untilAllStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

/** The act as it arrives later: a thread of its own, of which nobody waits for an answer. */
function lateCopy(act: Waiting, after: number): Waiting {
  const nobody = (): void => undefined
  const key = `${act.key}'`
  return { ...act, key, thread: key, after, idle: false, effect: null, answer: nobody, fail: nobody }
}

function handleOf(call: Call): string | null {
  if (call.kind === 'create') return call.row.handle
  return call.kind === 'get' || call.kind === 'patch' || call.kind === 'end' ? call.handle : null
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}
