/** What was measured of the stores, as it is printed. */
import { table } from './report.js'
import { acts } from './stores/acts.js'

/** An act among many rows is to cost no more than so many times what it costs among a few. */
const EVEN = 1.5

/** What keys of ours are; the last three are indexes. */
const KINDS = ['session', 'user', 'due', 'all']

/**
 * @typedef {object} Bytes for each session
 * @property {number} used what Redis uses more (`used_memory`)
 * @property {number} keys what its keys take (`MEMORY USAGE`), all together
 * @property {Readonly<Record<string, number>>} byKind the same by what the keys are
 */

/**
 * @typedef {{ few: number, many: number, ratio: number }} Times medians in milliseconds
 * @typedef {Readonly<Record<string, Times>>} TimesByAct
 * @typedef {{ bytes: number, theirs: Bytes, ours: Bytes }} Size
 */

/**
 * @param {readonly Record<string, number>[]} medians among few rows, and among many
 * @returns {TimesByAct}
 */
export function ratiosOf([fewer = {}, more = {}]) {
  return Object.fromEntries(
    acts.map((act) => {
      const [few = Number.NaN, many = Number.NaN] = [fewer[act], more[act]]
      return [act, { few, many, ratio: many / few }]
    }),
  )
}

/**
 * How many times as much each act costs among many rows.
 *
 * @param {readonly [few: number, many: number]} rows
 * @param {Readonly<Record<string, { version: string, times: TimesByAct }>>} stores
 */
export function evenTable([few, many], stores) {
  const all = Object.values(stores)
  return table([
    [`among ${many} rows : among ${few}`, ...all.map(({ version }) => version), `wanted: to ${EVEN}`],
    ...acts.map((act) => {
      const ratios = all.map(({ times }) => times[act]?.ratio ?? Number.NaN)
      return [
        act,
        ...ratios.map((ratio) => ratio.toFixed(2)),
        ratios.every((one) => one <= EVEN) ? 'reached' : 'missed',
      ]
    }),
  ])
}

/**
 * What a session takes in Redis: by the keys, and by what Redis uses in all.
 *
 * @param {string} version of Redis
 * @param {readonly Size[]} sizes
 */
export function bytesTable(version, sizes) {
  /** @param {'used' | 'keys'} by */
  const compared = (by) =>
    sizes.map(({ bytes, theirs, ours }) => [
      `${bytes} B of JSON, ${by === 'used' ? 'used_memory' : 'MEMORY USAGE of its keys'}`,
      ...[theirs[by].toFixed(0), ours[by].toFixed(0), `${(ours[by] / theirs[by]).toFixed(2)} ×`],
      by === 'used' ? '' : KINDS.map((kind) => (ours.byKind[kind] ?? 0).toFixed(0)).join(', '),
    ])
  return table([
    [`bytes a session, ${version}`, 'connect-redis', 'holdfast', '', `of which ${KINDS.join(', ')}`],
    ...compared('used'),
    ...compared('keys'),
  ])
}
