/** What the slices of a run come to. */
import { pairs } from './goals.js'
import { quantile } from './statistics.js'

/** @typedef {import('./works.js').Work} Work */

/**
 * Of one subject at one work, in microseconds a request.
 *
 * @typedef {object} Cost
 * @property {string} work
 * @property {string} subject
 * @property {string | null} bare
 * @property {number} slices
 * @property {number} p25 of its slices.
 * @property {number} median
 * @property {number} added what it takes more than the bare framework: the difference of the 25th percentiles.
 * @property {number} addedMedian the difference of the medians.
 *
 * @typedef {object} Ratio
 * @property {string} work
 * @property {string} subject
 * @property {string} against
 * @property {number} times how many times what `subject` adds is in what `against` adds, by 25th percentiles.
 * @property {number} timesMedian by medians.
 */

/** In microseconds: less than that cannot be told from nothing, and a ratio to nothing means nothing. */
const LEAST = 1

/**
 * @param {readonly Work[]} works
 * @param {ReadonlyMap<string, string | null>} bareOf each subject, and the one that is taken off
 * @param {(work: string, subject: string) => readonly number[]} slices
 * @returns {Cost[]}
 */
export function costsOf(works, bareOf, slices) {
  return works.flatMap(({ name: work }) =>
    [...bareOf].map(([subject, bare]) => {
      const own = slices(work, subject)
      const theirs = bare === null ? own : slices(work, bare)
      const p25 = quantile(own, 0.25)
      const median = quantile(own, 0.5)
      const added = p25 - quantile(theirs, 0.25)
      const addedMedian = median - quantile(theirs, 0.5)
      return { work, subject, bare, slices: own.length, p25, median, added, addedMedian }
    }),
  )
}

/**
 * How many times one subject's cost is in another's.
 *
 * @param {Cost} own
 * @param {Cost} other
 * @returns {Ratio}
 */
export function ratioOf(own, other) {
  const { work, subject } = own
  const times = other.added / Math.max(own.added, LEAST)
  const timesMedian = other.addedMedian / Math.max(own.addedMedian, LEAST)
  return { work, subject, against: other.subject, times, timesMedian }
}

/**
 * The ratios of all pairs of which both were measured.
 *
 * @param {readonly Cost[]} costs
 * @returns {Ratio[]}
 */
export function ratiosOf(costs) {
  return costs.flatMap((own) =>
    pairs
      .filter(({ subject }) => subject === own.subject)
      .flatMap(({ against }) => costs.filter(({ work, subject }) => work === own.work && subject === against))
      .map((other) => ratioOf(own, other)),
  )
}
