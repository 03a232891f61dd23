/**
 * `npm run bench`: the CPU time that libraries for sessions add to a request. How to read what it prints is said in
 * README.md, beside this file.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Lane } from './lane.js'
import { costsOf, costTable, verdictsOf, verdictTable } from './report.js'
import { subjectNamed } from './subject.js'
import { works } from './works.js'

const reportFile = fileURLToPath(new URL('../reports/bench.json', import.meta.url))

/** A process' luck with its memory lasts as long as it does: so each subject gets more than one. */
const FULL = { seconds: 120, processes: 3, slice: 80, warming: 400 }
const QUICK = { seconds: 18, processes: 1, slice: 50, warming: 250 }

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    only: { type: 'string' },
    subjects: { type: 'string', default: 'express-session,holdfast' },
    seconds: { type: 'string' },
    processes: { type: 'string' },
  },
})

const { slice, warming, ...standard } = options.quick ? QUICK : FULL
const seconds = Number(options.seconds ?? standard.seconds)
const processes = Number(options.processes ?? standard.processes)
const chosen = options.only === undefined ? works : options.only.split(',').map(workNamed)
const bareOf = await withBare(options.subjects.split(','))

/** @type {Map<string, number[]>} */
const measured = new Map()
for (let left = processes; left > 0; left -= 1) await measure(seconds / processes)

const costs = costsOf(chosen, bareOf, slicesOf)
const verdicts = verdictsOf(chosen, costs)
const { version } = process
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`
console.log(`Node ${version}, ${machine}; ${costs[0]?.slices} slices in ${processes} process(es) a subject\n`)
console.log(`${costTable(chosen, costs)}\n`)
console.log(verdictTable(verdicts))
mkdirSync(new URL('../reports', import.meta.url), { recursive: true })
const report = { at: new Date().toISOString(), node: version, machine, processes, costs, verdicts }
writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`)
if (options.check && verdicts.some(({ broken }) => broken)) process.exitCode = 1

/**
 * Measures all subjects beside each other: a slice of each in turn, in an order that is reversed with each pass.
 *
 * @param {number} seconds
 */
async function measure(seconds) {
  /** @type {Lane[]} */
  const lanes = []
  try {
    for (const name of bareOf.keys()) lanes.push(await Lane.start(name, chosen))
    for (const work of chosen) for (const lane of lanes) await lane.slice(work, warming)
    const over = performance.now() + seconds * 1_000
    do {
      for (const work of chosen)
        for (const lane of lanes) slicesOf(work.name, lane.name).push(await lane.slice(work, slice))
      lanes.reverse()
    } while (performance.now() < over)
  } finally {
    for (const lane of lanes) await lane.end()
  }
}

/**
 * @param {string} work
 * @param {string} subject
 * @returns {number[]}
 */
function slicesOf(work, subject) {
  const name = `${work} ${subject}`
  const slices = measured.get(name) ?? []
  measured.set(name, slices)
  return slices
}

/**
 * The subjects, and before them the bare frameworks that they stand on.
 *
 * @param {readonly string[]} names
 * @returns {Promise<Map<string, string | null>>}
 */
async function withBare(names) {
  /** @type {Map<string, string | null>} */
  const subjects = new Map()
  for (const name of names) {
    const { bare } = await subjectNamed(name)
    if (bare !== null) subjects.set(bare, null)
    subjects.set(name, bare)
  }
  return subjects
}

/** @param {string} name */
function workNamed(name) {
  const work = works.find((one) => one.name === name)
  if (work !== undefined) return work
  throw new Error(`There is no work '${name}'. There are: ${works.map((one) => one.name).join(', ')}.`)
}
