/**
 * `npm run conformance`: which security requirement is shown by which tests. The requirements are read from
 * docs/security/requirements.md, the tests from the last run of `npm test`; a test shows the requirements whose ids are in
 * its title or in the title of a group around it.
 *
 * With `--check` it fails where a claimed default requirement has no passing test, and where a title bears an id that does
 * not exist.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, run, textOf } from './steps.js'

/**
 * @typedef {{ id: string, scope: string, text: string }} Requirement
 * @typedef {{ title: string, passed: boolean }} Shown
 * @typedef {import('./tally.js').Report} Report
 */

/** How many titles are printed of each requirement; failing tests come first. */
const TITLES = 8

const idPattern = /\b(?:ID|CK|CR|LC|TM|KY|XS|PL|OI|WS|DC)-\d\d(?:t\b|\b)/g

/**
 * Reads the requirements: the rows of every table of the page whose first cell is an id.
 *
 * @param {string} page
 * @returns {Requirement[]}
 */
export function readRequirements(page) {
  return [...page.matchAll(/^\| ([A-Z]{2}-\d\dt?) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
    ([, id = '', scope = '', text = '']) => ({
      id,
      scope: scope.trim(),
      text: text.trim(),
    }),
  )
}

/**
 * Reads which requirements are claimed: the line that begins with `Claimed:` and lists ids and ranges of ids.
 *
 * @param {string} page
 * @returns {string[]}
 */
export function readClaimed(page) {
  const line = /^Claimed: (.+)$/m.exec(page)?.[1] ?? ''
  return [...line.matchAll(/([A-Z]{2})-(\d\d)(?: to [A-Z]{2}-(\d\d))?/g)].flatMap(([, group, first, last = first]) =>
    Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, n) => `${group}-${String(Number(first) + n).padStart(2, '0')}`,
    ),
  )
}

/**
 * The tests of a run by the id of the requirement that they show.
 *
 * @param {Report} report
 * @returns {Map<string, Shown[]>}
 */
export function testsById(report) {
  /** @type {Map<string, Shown[]>} */
  const byId = new Map()
  for (const test of report.testResults.flatMap((file) => file.assertionResults)) {
    const words = [...test.ancestorTitles, test.title]
    for (const id of new Set(words.join(' ').match(idPattern))) {
      byId.set(id, [...(byId.get(id) ?? []), { title: words.join(' › '), passed: test.status === 'passed' }])
    }
  }
  return byId
}

/**
 * What stands against the claim that each claimed default requirement is shown by a passing test.
 *
 * @param {Requirement[]} requirements
 * @param {string[]} claimed
 * @param {Map<string, Shown[]>} shown
 * @returns {string[]}
 */
export function conformanceProblems(requirements, claimed, shown) {
  const known = new Map(requirements.map((requirement) => [requirement.id, requirement]))
  const isDefault = (/** @type {string} */ id) => known.get(id)?.scope.startsWith('D')
  const isShown = (/** @type {string} */ id) => shown.get(id)?.some((test) => test.passed)
  return [
    ...(claimed.length === 0 ? ['No requirement is claimed.'] : []),
    ...claimed.filter((id) => !known.has(id)).map((id) => `${id} is claimed, but is no requirement.`),
    ...claimed
      .filter((id) => isDefault(id) && !isShown(id))
      .map((id) => `${id} is claimed, but no passing test shows it.`),
    ...[...shown.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${id} is in a test's title, but is no requirement.`),
  ]
}

/** The requirements, what is claimed, and the tests of the last run. */
export function readConformance() {
  const page = textOf('docs/security/requirements.md')
  /** @type {Report} */
  const report = JSON.parse(textOf('reports/vitest.json'))
  return { requirements: readRequirements(page), claimed: readClaimed(page), report, shown: testsById(report) }
}

async function main() {
  if (!existsSync(join(root, 'reports/vitest.json'))) await run(process.execPath, ['scripts/test.js'])
  const { requirements, claimed, report, shown } = readConformance()
  for (const { id, scope, text } of requirements) {
    const tests = shown.get(id) ?? []
    const passing = tests.filter((test) => test.passed).length
    const count = passing === tests.length ? `${passing}` : `${passing} of ${tests.length}`
    console.log(`${id.padEnd(7)} ${scope.padEnd(4)} ${claimed.includes(id) ? '*' : ' '} ${count.padStart(3)}  ${text}`)
    const named = [...tests.filter((test) => !test.passed), ...tests.filter((test) => test.passed)].slice(0, TITLES)
    for (const { title, passed } of named) console.log(`${' '.repeat(20)}${passed ? '·' : '✗'} ${shorten(title)}`)
    if (tests.length > TITLES) console.log(`${' '.repeat(22)}and ${tests.length - TITLES} more`)
  }
  const bare = requirements.filter(({ id }) => !shown.has(id)).length
  console.log(
    `\n* claimed: ${claimed.length}. Shown by a test: ${requirements.length - bare} of ${requirements.length}.`,
  )
  console.log(`Read from the run of ${new Date(report.startTime).toISOString()} (${report.testResults.length} files).`)

  const problems = conformanceProblems(requirements, claimed, shown)
  for (const problem of problems) console.log(problem)
  if (process.argv.includes('--check') && problems.length > 0) process.exitCode = 1
}

/** @param {string} title */
function shorten(title) {
  return title.length <= 100 ? title : `${title.slice(0, 99)}…`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
