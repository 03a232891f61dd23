/** A run as it is printed. */
import { sum } from './commands.js'
import { pairs } from './goals.js'

/** @typedef {import('./works.js').Work} Work */
/** @typedef {import('./costs.js').Cost} Cost */

/**
 * What the frameworks take by themselves, and what each library adds.
 *
 * @param {readonly Work[]} works
 * @param {readonly Cost[]} costs
 */
export function costTables(works, costs) {
  return [
    costTable('µs of CPU a request, bare', works, costs, ({ bare }) => bare === null),
    costTable('µs more with sessions', works, costs, ({ bare }) => bare !== null),
  ]
}

/**
 * @param {string} title
 * @param {readonly Work[]} works
 * @param {readonly Cost[]} costs
 * @param {(cost: Cost) => boolean} isMeant
 */
function costTable(title, works, costs, isMeant) {
  const subjects = [...new Set(costs.filter(isMeant).map(({ subject }) => subject))]
  const rows = works.map(({ name, title }) => [
    title,
    ...subjects.map((subject) => {
      const cost = costs.find((one) => one.work === name && one.subject === subject)
      if (cost === undefined) return ''
      return (cost.bare === null ? cost.p25 : cost.added).toFixed(1)
    }),
  ])
  return table([[title, ...subjects], ...rows])
}

/**
 * How many times as much the others add.
 *
 * @param {readonly Work[]} works
 * @param {readonly import('./costs.js').Ratio[]} ratios
 */
export function ratioTable(works, ratios) {
  const measured = pairs.filter((pair) => ratios.some((ratio) => isOf(ratio, pair)))
  const rows = works.map(({ name, title }) => [
    title,
    ...measured.map((pair) => {
      const ratio = ratios.find((one) => one.work === name && isOf(one, pair))
      return ratio === undefined ? '' : `${ratio.times.toFixed(1)} ×`
    }),
  ])
  const heads = measured.map(({ subject, against }) => `${against} : ${subject}`)
  return table([['what they add to what it adds', ...heads], ...rows])
}

/**
 * @param {{ subject: string, against: string }} one
 * @param {{ subject: string, against: string }} other
 */
function isOf(one, other) {
  return one.subject === other.subject && one.against === other.against
}

/** @param {readonly import('./verdicts.js').Verdict[]} verdicts */
export function verdictTable(verdicts) {
  return table([
    ['goal', 'measured', 'by medians', 'wanted', 'kept', ''],
    ...verdicts.map((verdict) => [
      `${verdict.work}: ${verdict.subject} to ${verdict.against}`,
      verdict.measured,
      verdict.byMedians,
      verdict.wanted,
      verdict.kept,
      verdict.isReached ? 'reached' : verdict.isKept ? 'missed' : 'NOT KEPT',
    ]),
  ])
}

/**
 * What each subject sends to Redis for one request.
 *
 * @param {string} title of the work
 * @param {ReadonlyMap<string, import('./commands.js').Commands>} commands
 */
export function commandTable(title, commands) {
  return table([
    [`commands to Redis: ${title}`, 'a request', 'which'],
    ...[...commands].map(([subject, sent]) => [
      subject,
      Number(sum(sent).toFixed(2)).toString(),
      Object.keys(sent).join(', ').toUpperCase(),
    ]),
  ])
}

/** @param {readonly (readonly string[])[]} rows the first one is the head */
export function table(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')
}
