import type { Awaitable, Store } from '../engine/row.js'
import { memoryStore } from '../stores/memory.js'
import { type Act, changes } from './act.js'
import { everyOrder, randomOrders } from './explore.js'
import { type Fault, type FaultKind, faultKinds, faultsAt, type Sighting } from './faults.js'
import { recordSetup } from './recorded-setup.js'
import {
  type Choose,
  type Course,
  type Done,
  MOST_ACTS,
  type Result,
  runSchedule,
  type Script,
  type Stage,
} from './schedule.js'
import { seededRandom } from './seeded-random.js'
import { violationError } from './violation.js'

/** Processes that share one store, and what must hold in whatever order their acts happen. */
export interface Scenario<C, R = unknown> {
  /** Named in reports. */
  readonly name: string
  /** Makes an empty store, which may wait for nothing. Default: the memory store. */
  readonly store?: () => Store
  /**
   * Fills the store before the processes start. Called once: its writes are repeated on a fresh store for every run, so
   * what it answers must not change afterwards.
   */
  setup?(store: Store): Awaitable<C>
  /**
   * What runs at once, by name: each with its own way to the store, as nodes of a fleet. They may share nothing else, must
   * do the same when they get the same answers, and may wait for nothing but the store.
   */
  readonly processes: Readonly<Record<string, (stage: Stage<C>) => Promise<R>>>
  /** Judges the end of one run; throws where a law is broken. May ask `store`, without a schedule. */
  laws(outcome: Outcome<C, R>): Awaitable<void>
}

/** How one run ended. */
export interface Outcome<C, R> {
  readonly context: C
  /** What each process returned or threw, or that it crashed. */
  readonly results: ReadonlyMap<string, Result<R>>
  /** Every act in the order in which it happened, moments too. Only the order of dependent acts may be judged. */
  readonly done: readonly Done[]
  readonly store: Store
  /** The fault that struck, if one did. */
  readonly fault: Fault | null
}

/** How far to go. Every number is a number of runs. */
export interface InterleaveOptions {
  /** Beyond so many, orders are drawn at random. Default: the environment's `HOLDFAST_SCHEDULES`, else 20,000. */
  readonly limit?: number
  /** How many are drawn where `limit` was reached. Default: a tenth of `limit`. */
  readonly sample?: number
  /** Which faults are tried, one a run. Default: all; `[]` for none. */
  readonly faults?: readonly FaultKind[]
  /** The limit of all runs with a fault together. Default: `limit`. */
  readonly faultLimit?: number
  /** Of orders that differ only in acts that commute, run one. Default `true`; `false` shows what that leaves out. */
  readonly reduce?: boolean
  /** Of the random draws. Default 1. */
  readonly seed?: number
  /** Stands between a process and its store, to take a rule out and see that a law breaks. */
  readonly tamper?: (store: Store, process: string) => Store
}

/** What was run. Orders that were drawn at random are counted apart from those that were gone through one by one. */
export interface Tally {
  readonly scenario: string
  /** Different orders without a fault, one by one. */
  readonly schedules: number
  /** Whether these are all there are. */
  readonly exhaustive: boolean
  /** Orders without a fault that were drawn at random; some may be equal. */
  readonly sampled: number
  readonly faults: {
    /** How many faults were tried: a kind at an act. */
    readonly tried: number
    /** For how many of them every order was run. */
    readonly exhaustive: number
    readonly schedules: number
    readonly sampled: number
  }
  readonly seed: number
}

/**
 * Runs a scenario through every order of its processes' acts, and again with one fault at each act, and has its laws
 * judged at the end of each run. Rejects with an `AssertionError` that shows the schedule where a law is broken.
 */
export async function interleave<C, R>(scenario: Scenario<C, R>, options: InterleaveOptions = {}): Promise<Tally> {
  const limit = options.limit ?? (Number(process.env.HOLDFAST_SCHEDULES) || 20_000)
  const sample = options.sample ?? Math.ceil(limit / 10)
  const seed = options.seed ?? 1
  const reduce = options.reduce ?? true
  const recorded = await recordSetup(scenario.store ?? memoryStore, (store) => scenario.setup?.(store) as C)
  const script: Script<C, R> = {
    ...recorded,
    processes: scenario.processes,
    tamper: options.tamper ?? ((store) => store),
  }
  const sightings = new Map<string, Sighting>()
  const breathe = breather()

  const run = async (choose: Choose, fault: Fault | null, drawn: number | null): Promise<boolean> => {
    await breathe()
    const course = await runSchedule(script, choose, fault)
    if (course.ending === 'given-up') return false
    if (fault === null) for (const { act } of course.done) sight(sightings, act)
    await judge(scenario, script.context, course, fault, drawn)
    return true
  }

  const explore = async (fault: Fault | null, most: number, draws: number): Promise<Explored> => {
    const walk = everyOrder(reduce)
    let schedules = 0
    let more = true
    while (more && schedules < most) {
      if (await run(walk.choose, fault, null)) schedules++
      more = walk.next()
    }
    if (!more) return { schedules, exhaustive: true, sampled: 0 }
    const choose = randomOrders(seededRandom(seed))
    for (let drawn = 0; drawn < draws; drawn++) await run(choose, fault, seed)
    return { schedules, exhaustive: false, sampled: draws }
  }

  const plain = await explore(null, limit, sample)
  const faults = [...sightings.values()].flatMap((sighting) => faultsAt(sighting, options.faults ?? faultKinds))
  const counts = { tried: faults.length, exhaustive: 0, schedules: 0, sampled: 0 }
  let left = options.faultLimit ?? limit
  for (const [index, fault] of faults.entries()) {
    // What one fault leaves of its share goes to those after it. A tenth of the share is kept for draws.
    const share = Math.max(1, Math.floor(left / (faults.length - index)))
    const explored = await explore(fault, share, Math.ceil(share / 10))
    left -= explored.schedules
    counts.schedules += explored.schedules
    counts.sampled += explored.sampled
    if (explored.exhaustive) counts.exhaustive++
  }
  return { scenario: scenario.name, ...plain, faults: counts, seed }
}

type Explored = Pick<Tally, 'schedules' | 'exhaustive' | 'sampled'>

async function judge<C, R>(
  scenario: Scenario<C, R>,
  context: C,
  course: Course<R>,
  fault: Fault | null,
  seed: number | null,
): Promise<void> {
  const { results, done, store, struck } = course
  try {
    if (course.ending === 'endless') throw new Error(`the processes go on for ever: ${MOST_ACTS} acts, and no end`)
    await scenario.laws({ context, results, done, store, fault: struck ? fault : null })
  } catch (broken) {
    throw violationError({ scenario: scenario.name, course, fault, broken, seed })
  }
}

function sight(sightings: Map<string, Sighting>, act: Act): void {
  if (act.call.kind === 'moment') return
  const { key, process, ordinal, call } = act
  const wrote = changes(call) || sightings.get(key)?.wrote === true
  sightings.set(key, { process, ordinal, wrote })
}

/** Lets timers and the test runner have their turn between runs, every 20 ms: a run itself never waits. */
function breather(): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < 20) return
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    last = performance.now()
  }
}
