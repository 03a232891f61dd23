import type { Parameters } from 'fast-check'

/**
 * How long to fuzz. Default: a few seconds for each property. `HOLDFAST_FUZZ=1000000` runs each property so many times,
 * however long it takes; `HOLDFAST_FUZZ_SEED` repeats a run.
 */
const wanted = Number(process.env.HOLDFAST_FUZZ ?? 0)

const seed = Number(process.env.HOLDFAST_FUZZ_SEED ?? Date.now()) | 0

/** Of the runner, for one property. `0`: none. */
export const timeLimit: number = wanted > 0 ? 0 : 180_000

/**
 * What fast-check is to do for one property. The seed is printed, so that what was found can be found again.
 *
 * @param runs by default; a slow machine stops before them
 * @param most that make sense, where each takes long
 */
export function budget<Values>(
  property: string,
  runs: number,
  most: number = Number.POSITIVE_INFINITY,
): Parameters<Values> {
  console.info(`fuzzing ${property}: HOLDFAST_FUZZ_SEED=${seed}`)
  const bounds = wanted > 0 ? { numRuns: Math.min(wanted, most) } : { numRuns: runs, interruptAfterTimeLimit: 6_000 }
  return { ...bounds, seed }
}
