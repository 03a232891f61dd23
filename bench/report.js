/** What the slices of a run come to. */
import { EVEN, goals } from './goals.js'
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
 * @typedef {object} Verdict
 * @property {string} work
 * @property {string} title
 * @property {string} ratio
 * @property {string} ratioMedian
 * @property {string} wanted
 * @property {string} kept
 * @property {boolean} reached
 * @property {boolean} broken
 */

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
 * The goals of which both sides were measured.
 *
 * @param {readonly Work[]} works
 * @param {readonly Cost[]} costs
 * @returns {Verdict[]}
 */
export function verdictsOf(works, costs) {
  const find = (/** @type {string} */ work, /** @type {string} */ subject) =>
    costs.find((cost) => cost.work === work && cost.subject === subject)
  const verdicts = goals.flatMap(({ work, subject, against, wanted, kept }) => {
    const own = find(work, subject)
    const other = find(work, against)
    if (own === undefined || other === undefined) return []
    const part = other.added / Math.max(own.added, 0.01)
    return [
      {
        work,
        title: `${titleOf(works, work)}: ${subject} to ${against}`,
        ratio: `1/${part.toFixed(1)}`,
        ratioMedian: `1/${(other.addedMedian / Math.max(own.addedMedian, 0.01)).toFixed(1)}`,
        wanted: `1/${wanted}`,
        kept: `1/${kept}`,
        reached: part >= wanted,
        broken: part < kept,
      },
    ]
  })
  const [small, big] = EVEN.works.map((work) => find(work, EVEN.subject))
  if (small === undefined || big === undefined) return verdicts
  const more = big.added - small.added
  return [
    ...verdicts,
    {
      work: EVEN.works.join(' '),
      title: `${EVEN.subject}: read of 20 kB beyond 2 kB`,
      ratio: micros(more),
      ratioMedian: micros(big.addedMedian - small.addedMedian),
      wanted: `${EVEN.micros} µs`,
      kept: '',
      reached: more <= EVEN.micros,
      broken: false,
    },
  ]
}

/**
 * @param {readonly Work[]} works
 * @param {readonly Cost[]} costs
 */
export function costTable(works, costs) {
  const subjects = [...new Set(costs.map(({ subject }) => subject))]
  const rows = works.map(({ name, title }) => [
    title,
    ...subjects.map((subject) => {
      const cost = costs.find((one) => one.work === name && one.subject === subject)
      if (cost === undefined) return ''
      return cost.bare === null ? cost.p25.toFixed(1) : micros(cost.added)
    }),
  ])
  return table([['µs of CPU a request', ...subjects], ...rows])
}

/** @param {readonly Verdict[]} verdicts */
export function verdictTable(verdicts) {
  return table([
    ['goal', 'measured', 'by medians', 'wanted', 'kept', ''],
    ...verdicts.map((verdict) => [
      verdict.title,
      verdict.ratio,
      verdict.ratioMedian,
      verdict.wanted,
      verdict.kept,
      verdict.reached ? 'reached' : verdict.broken ? 'broken' : 'missed',
    ]),
  ])
}

/**
 * @param {readonly Work[]} works
 * @param {string} name
 */
function titleOf(works, name) {
  return works.find((work) => work.name === name)?.title ?? name
}

/** @param {number} value */
function micros(value) {
  return `${value < 0 ? '' : '+'}${value.toFixed(1)}`
}

/** @param {readonly (readonly string[])[]} rows the first one is the head */
function table(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')
}
