import type { Store } from '../../src/engine/row.js'
import type { InterleaveOptions, Scenario } from '../../src/testing/interleave.js'
import { seededRandom } from '../../src/testing/seeded-random.js'
import { type Raced, race } from './race.js'

/** How often a scenario is run. */
export interface RacesOptions {
  readonly runs: number
  /** Of the draws. The store decides as well, so a seed does not repeat a race. Default 1. */
  readonly seed?: number
  /** Stands between a process and its store, to take a rule out and see that a law breaks. */
  readonly tamper?: InterleaveOptions['tamper']
}

/** What came of the runs of one scenario on one store. */
export interface Races {
  readonly scenario: string
  readonly runs: number
  /** Runs in which acts of different processes were on the wire at once, on one row, and one of them wrote. */
  readonly met: number
  /** How many different courses the runs took. */
  readonly courses: number
  readonly violations: number
  /** The first few of them, each with its acts. */
  readonly reports: readonly string[]
}

/** So many runs are on the wire at once: they know nothing of each other, and keep the connections busy. */
const AT_ONCE = 8

const MOST_REPORTS = 3

/** Runs a scenario so many times, a few runs beside each other. */
export async function races<C, R>(
  scenario: Scenario<C, R>,
  nodes: readonly Store[],
  { runs, seed = 1, tamper }: RacesOptions,
): Promise<Races> {
  const random = seededRandom(seed)
  const raced: Pick<Raced, 'met' | 'violation'>[] = []
  const courses = new Set<string>()
  let begun = 0
  const lane = async (): Promise<void> => {
    while (begun < runs) {
      begun += 1
      const { met, course, violation } = await race(scenario, nodes, random, tamper)
      courses.add(course)
      raced.push({ met, violation })
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, runs) }, lane))
  const broken = raced.flatMap(({ violation }) => violation ?? [])
  return {
    scenario: scenario.name,
    runs: raced.length,
    met: raced.filter(({ met }) => met).length,
    courses: courses.size,
    violations: broken.length,
    reports: broken.slice(0, MOST_REPORTS).map(({ message }) => message),
  }
}
