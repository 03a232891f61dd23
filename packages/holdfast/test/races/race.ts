import type { AssertionError } from 'node:assert'
import type { Store } from '../../src/engine/row.js'
import type { InterleaveOptions, Scenario } from '../../src/testing/interleave.js'
import type { Done, Result, Stage } from '../../src/testing/schedule.js'
import { violationError } from '../../src/testing/violation.js'
import { runApart } from './apart.js'
import { eventLoopTurns } from './event-loop-turns.js'
import { haveMet, inOrder } from './order.js'
import { Recording, type Sighting } from './recording.js'

/**
 * In every other run the processes start in one turn of the event loop, and keep step with each other. In the others each
 * starts up to so many turns later, about as many as two acts take: as requests do that were longer on their way.
 */
const MOST_TURNS_LATE = 12

/** What became of a process that has not ended. */
const CRASHED = { status: 'crashed' } as const

/** How one run of a scenario went. */
export interface Raced {
  /** Whether acts of different processes met on a row: see {@link haveMet}. */
  readonly met: boolean
  /** Which process did what, in the order of acts: equal texts are equal courses. */
  readonly course: string
  /** The broken law, with the acts that broke it. */
  readonly violation: AssertionError | null
}

/**
 * Runs a scenario once without a schedule: its processes run at once, each on the next of the nodes in turn, and start in an
 * order that `random` draws. Then its laws judge the end, as they do after a schedule.
 *
 * @param nodes ways to one store, each with a connection of its own
 * @param tamper stands between a process and its store
 */
export async function race<C, R>(
  scenario: Scenario<C, R>,
  nodes: readonly Store[],
  random: () => number,
  tamper: NonNullable<InterleaveOptions['tamper']> = (store) => store,
): Promise<Raced> {
  const own = nodes.map(runApart())
  const first = Math.floor(random() * own.length)
  const node = (number: number): Store => own[(first + number) % own.length] as Store

  const before = new Recording()
  const context = (await scenario.setup?.(before.of('row', node(0)))) as C

  const recording = new Recording()
  const results = new Map<string, Result<R>>(Object.keys(scenario.processes).map((name) => [name, CRASHED]))
  const latest = random() < 0.5 ? 0 : MOST_TURNS_LATE
  const starters = shuffled(Object.entries(scenario.processes), random).map(([name, process], number) => {
    const stage: Stage<C> = {
      context,
      store: tamper(recording.of(name, node(number)), name),
      moment: (moment) => recording.moment(name, moment),
    }
    const turns = Math.floor(random() * (latest + 1))
    return async (): Promise<void> => {
      await eventLoopTurns(turns)
      try {
        results.set(name, { status: 'returned', value: await process(stage) })
      } catch (error) {
        results.set(name, { status: 'threw', error })
      }
    }
  })
  await Promise.all(starters.map((start) => start()))

  const store = node(1)
  let done = recording.sightings.map(doneOf)
  let violation: AssertionError | null = null
  try {
    done = inOrder(recording.sightings).map(doneOf)
    await scenario.laws({ context, results, done, store, fault: null })
  } catch (broken) {
    const alias = aliases(before, recording)
    const course = { done, results, store, struck: false, ending: 'finished', alias } as const
    const order = `as they raced on ${store.name}`
    violation = violationError({ scenario: scenario.name, course, fault: null, broken, seed: null, order })
  }
  const course = done.map(({ act }) => `${act.process}.${act.call.kind}`).join(' ')
  return { met: haveMet(recording.sightings), course, violation }
}

/** The names that a report gives to rows: by who created them, numbered. */
function aliases(...recordings: readonly Recording[]): (handle: string) => string {
  const names = new Map<string, string>()
  for (const { process, row } of recordings.flatMap(({ created }) => created)) {
    const name = `${row.kind === 'record' ? 'record ' : ''}${process}${names.size + 1}`
    if (!names.has(row.handle)) names.set(row.handle, name)
  }
  return (handle) => names.get(handle) ?? '?'
}

function doneOf({ act, ...came }: Sighting): Done {
  return 'thrown' in came ? { act, thrown: came.thrown, fault: null } : { act, answer: came.answer, fault: null }
}

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map((item) => [random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item)
}
