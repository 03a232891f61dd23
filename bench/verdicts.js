/** Which goals a run reached. */
import { sum } from './commands.js'
import { ratioOf } from './costs.js'
import { COMMANDS, EVEN, goals } from './goals.js'

/** @typedef {import('./costs.js').Cost} Cost */
/** @typedef {import('./goals.js').Goal} Goal */

/**
 * @typedef {object} Verdict
 * @property {string} work
 * @property {string} subject
 * @property {string} against
 * @property {string} measured
 * @property {string} byMedians
 * @property {string} wanted
 * @property {string} kept `''` where `--check` does not ask
 * @property {boolean} isReached
 * @property {boolean} isKept
 */

/**
 * The goals of which both sides were measured.
 *
 * @param {readonly Cost[]} costs
 * @param {ReadonlyMap<string, import('./commands.js').Commands>} [commands] that each subject sends to Redis for a read
 * @returns {Verdict[]}
 */
export function verdictsOf(costs, commands = new Map()) {
  return [...goals.flatMap((goal) => verdictOf(goal, costs)), ...evenness(costs), ...frugality(commands)]
}

/**
 * @param {Goal} goal
 * @param {readonly Cost[]} costs
 * @returns {Verdict[]}
 */
function verdictOf({ work, subject, against, wanted, kept }, costs) {
  const own = costs.find((cost) => cost.work === work && cost.subject === subject)
  const peers = [against].flat()
  const [other] = costs
    .filter((cost) => cost.work === work && peers.includes(cost.subject))
    .toSorted((one, two) => one.added - two.added)
  if (own === undefined || other === undefined) return []
  const { times, timesMedian } = ratioOf(own, other)
  return [
    {
      work,
      subject,
      against: other.subject,
      measured: part(times),
      byMedians: part(timesMedian),
      wanted: part(wanted),
      kept: kept === null ? '' : part(kept),
      isReached: times >= wanted,
      isKept: kept === null || times >= kept,
    },
  ]
}

/**
 * @param {readonly Cost[]} costs
 * @returns {Verdict[]}
 */
function evenness(costs) {
  const { works, subject, micros } = EVEN
  const [small, big] = works.map((work) => costs.find((cost) => cost.work === work && cost.subject === subject))
  if (small === undefined || big === undefined) return []
  const more = big.added - small.added
  return [
    {
      work: big.work,
      subject,
      against: small.work,
      measured: `${more.toFixed(1)} µs`,
      byMedians: `${(big.addedMedian - small.addedMedian).toFixed(1)} µs`,
      wanted: `${micros} µs`,
      kept: '',
      isReached: more <= micros,
      isKept: true,
    },
  ]
}

/**
 * @param {ReadonlyMap<string, import('./commands.js').Commands>} commands
 * @returns {Verdict[]}
 */
function frugality(commands) {
  const { work, subject, most } = COMMANDS
  const own = commands.get(subject)
  if (own === undefined) return []
  const sent = sum(own)
  return [
    {
      work,
      subject,
      against: 'Redis',
      measured: commandsText(sent),
      byMedians: '',
      wanted: commandsText(most),
      kept: commandsText(most),
      isReached: sent > 0 && sent <= most,
      isKept: sent > 0 && sent <= most,
    },
  ]
}

/** @param {number} count */
function commandsText(count) {
  return `${Number(count.toFixed(2))} command${count === 1 ? '' : 's'}`
}

/** @param {number} times */
function part(times) {
  return times > 0 ? `1/${Number(times.toFixed(1))}` : 'more'
}
