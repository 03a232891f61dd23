/**
 * `npm run bench`: the CPU time that libraries for sessions add to a request. How to read what it prints is said in
 * README.md, beside this file.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { costsOf, ratiosOf } from './costs.js'
import { countCommands } from './count-commands.js'
import { COMMANDS, goals } from './goals.js'
import { Measurement } from './measurement.js'
import { profile } from './profile.js'
import { commandTable, costTables, ratioTable, verdictTable } from './report.js'
import { withServers } from './servers.js'
import { subjectNamed, withBare } from './subject.js'
import { verdictsOf } from './verdicts.js'
import { works } from './works.js'

const reports = fileURLToPath(new URL('../reports/', import.meta.url))

/** The first is what all are compared with. */
const SUBJECTS =
  'express-session,holdfast,koa-session,holdfast-koa,fastify-session,next-session,redis-express-session,redis-holdfast'

/** A process' luck with its memory lasts as long as it does: so each subject gets more than one. */
const FULL = { seconds: 200, processes: 2, passes: 2, slice: 40, warming: 2_000 }
const QUICK = { seconds: 45, processes: 1, passes: 2, slice: 25, warming: 900 }
const CHECK = { seconds: 48, processes: 1, passes: 9, slice: 50, warming: 2_000 }

/** How often `--check` measures what was not kept: a machine may have been busy with something else, but hardly twice. */
const TRIES = 2

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    profile: { type: 'string' },
    only: { type: 'string' },
    subjects: { type: 'string' },
    seconds: { type: 'string' },
    processes: { type: 'string' },
  },
})

mkdirSync(reports, { recursive: true })
if (options.profile !== undefined) {
  const chosen = options.profile.split(',').map(workNamed)
  await withServers(options.subjects ?? 'holdfast', async (subjects, url) => {
    for (const name of subjects) for (const work of chosen) console.log(await profile(name, work, reports, url))
  })
} else if (options.check) await check()
else await compare()

/** Measures everything, and says what it comes to. */
async function compare() {
  const chosen = options.only === undefined ? works : options.only.split(',').map(workNamed)
  const standard = options.quick ? QUICK : FULL
  const { costs, commands, machine } = await measure(chosen, options.subjects ?? SUBJECTS, standard)
  const ratios = ratiosOf(costs)
  const verdicts = verdictsOf(costs, commands)
  for (const table of costTables(chosen, costs)) console.log(`${table}\n`)
  if (ratios.length > 0) console.log(`${ratioTable(chosen, ratios)}\n`)
  if (commands.size > 0) console.log(`${commandTable(workNamed(COMMANDS.work).title, commands)}\n`)
  if (verdicts.length > 0) console.log(verdictTable(verdicts))
  const sent = Object.fromEntries(commands)
  const report = { at: new Date().toISOString(), ...machine, costs, ratios, commands: sent, verdicts }
  writeFileSync(`${reports}bench.json`, `${JSON.stringify(report, null, 2)}\n`)
}

/** Measures what is to be kept, and what was not kept once more; fails where it was not kept then either. */
async function check() {
  const kept = goals.filter((goal) => goal.kept !== null)
  const subjects = new Set(kept.flatMap(({ subject, against }) => [subject, against].flat()))
  let left = works.filter(({ name }) => kept.some(({ work }) => work === name))
  for (let tried = 1; left.length > 0; tried += 1) {
    const { costs, commands } = await measure(left, [...subjects].join(','), CHECK)
    const verdicts = verdictsOf(costs, commands).filter((verdict) => verdict.kept !== '')
    const broken = verdicts.filter(({ isKept }) => !isKept)
    console.log(`${verdictTable(verdicts)}\n`)
    left = left.filter(({ name }) => broken.some(({ work }) => work === name))
    if (left.length === 0 || tried < TRIES) continue
    const named = broken.map(({ work, against, measured, kept }) => `${work}: ${measured} of ${against}, not ${kept}`)
    console.error(`Not kept, ${TRIES} times: ${named.join('; ')}.`)
    process.exitCode = 1
    return
  }
  console.log('All that was measured is kept.')
}

/**
 * @param {readonly import('./works.js').Work[]} chosen
 * @param {string} wanted
 * @param {typeof FULL} standard
 */
function measure(chosen, wanted, standard) {
  return withServers(wanted, async (subjects, url) => {
    const commands = new Map()
    for (const name of chosen.some((work) => work.name === COMMANDS.work) ? subjects : []) {
      const { on } = await subjectNamed(name)
      if (on !== undefined) commands.set(name, await countCommands(name, workNamed(COMMANDS.work), url))
    }
    return { ...(await measureCosts(chosen, subjects, url, standard)), commands }
  })
}

/**
 * @param {readonly import('./works.js').Work[]} chosen
 * @param {readonly string[]} subjects
 * @param {string} url
 * @param {typeof FULL} standard
 */
async function measureCosts(chosen, subjects, url, { passes, slice, warming, ...standard }) {
  const seconds = Number(options.seconds ?? standard.seconds)
  const processes = Number(options.processes ?? standard.processes)
  const bareOf = await withBare(subjects)
  const measurement = new Measurement(chosen, [...bareOf.keys()], url)
  const over = performance.now() + seconds * 1_000
  for (let left = processes; left > 0; left -= 1) {
    await measurement.take((over - performance.now()) / left, passes, slice, warming)
  }
  const costs = costsOf(chosen, bareOf, (work, subject) => measurement.slicesOf(work, subject))
  const machine = { node: process.version, machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, processes }
  const slices = `${costs[0]?.slices} slices of ${slice} ms in ${processes} process(es) a subject`
  console.log(`Node ${machine.node}, ${machine.machine}; ${slices}\n`)
  return { costs, machine }
}

/** @param {string} name */
function workNamed(name) {
  const work = works.find((one) => one.name === name)
  if (work !== undefined) return work
  throw new Error(`There is no work '${name}'. There are: ${works.map((one) => one.name).join(', ')}.`)
}
