/**
 * `npm run bench -- stores`: whether an act costs the same among a million rows as among a thousand, on each database; and
 * what a session takes in Redis. `--rows 100000` measures among fewer.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { acts, firstRow, timesOf } from './acts.js'
import { bytesInRedis } from './bytes.js'
import { grounds } from './grounds.js'

const FEW = 1_000
/** An act among many rows is to cost no more than this times what it costs among a few. */
const EVEN = 1.5

const { values: options } = parseArgs({
  args: process.argv.slice(process.argv.indexOf('stores') + 1),
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '300' },
    stores: { type: 'string', default: Object.keys(grounds).join(',') },
    sessions: { type: 'string', default: '5000' },
  },
})
const most = Number(options.rows)

/** @type {Record<string, Record<string, { few: number, many: number, ratio: number }>>} */
const measured = {}
for (const name of options.stores.split(',').filter(Boolean)) {
  const open = grounds[name]
  if (open === undefined) throw new Error(`There is no store '${name}'. There are: ${Object.keys(grounds).join(', ')}.`)
  const ground = await open()
  const row = await firstRow(ground.store, 200)
  await ground.copy(row, FEW)
  const rounds = Number(options.rounds)
  await timesOf(ground.store, rounds) // everything has run once
  const few = await timesOf(ground.store, rounds)
  await ground.close()

  const wide = await open()
  await wide.copy(await firstRow(wide.store, 200), most)
  await timesOf(wide.store, Math.ceil(rounds / 5))
  const many = await timesOf(wide.store, rounds)
  await wide.close()
  measured[name] = Object.fromEntries(
    acts.map((act) => [act, { few: few[act], many: many[act], ratio: many[act] / few[act] }]),
  )
  console.log(`${name}: milliseconds among ${FEW} rows, among ${most}, and their ratio (wanted: up to ${EVEN})`)
  for (const [act, { few, many, ratio }] of Object.entries(measured[name] ?? {})) {
    console.log(`  ${act.padEnd(20)} ${few.toFixed(3)}  ${many.toFixed(3)}  ${ratio.toFixed(2)}`)
  }
}

const bytes = []
for (const size of [200, 2_000, 20_000]) bytes.push(await bytesInRedis(size, Number(options.sessions)))
console.log('bytes in Redis for each session, and its part of what connect-redis takes')
for (const { bytes: size, theirs, ours } of bytes) {
  console.log(
    `  ${size} B of JSON: connect-redis ${theirs.toFixed(0)}, holdfast ${ours.toFixed(0)} (${(ours / theirs).toFixed(2)})`,
  )
}

const reports = fileURLToPath(new URL('../../reports/', import.meta.url))
mkdirSync(reports, { recursive: true })
writeFileSync(`${reports}bench-stores.json`, `${JSON.stringify({ rows: [FEW, most], measured, bytes }, null, 2)}\n`)
process.exit()
