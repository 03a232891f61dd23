/** `npm run bench -- stores`: what it costs to keep many sessions. How to read it is said in ../README.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { service } from '../../scripts/services/service.js'
import { evennessOf, FEW } from '../evenness.js'
import { bytesTable, evenTable } from '../store-report.js'
import { sizes } from '../works.js'
import { ourBytes, theirBytes } from './bytes.js'

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== 'stores'),
  options: {
    rows: { type: 'string', default: '1000000' },
    turns: { type: 'string', default: '1500' },
    stores: { type: 'string', default: 'redis,postgres,sqlite' },
    sessions: { type: 'string', default: '10000' },
    report: { type: 'string', default: fileURLToPath(new URL('../../reports/bench-stores.json', import.meta.url)) },
  },
})
const [rows, turns, sessions] = [Number(options.rows), Number(options.turns), Number(options.sessions)]
const started = performance.now()
const missing = []

/** @type {Parameters<typeof evenTable>[1]} */
const stores = {}
for (const name of options.stores.split(',').filter(Boolean)) {
  console.log(`${name}: ${FEW} rows, and ${rows} …`)
  const found = await evennessOf(name, rows, turns)
  if ('missing' in found) missing.push(found)
  else stores[name] = found
}
const bytes = sessions > 0 ? await bytesInRedis() : null
if (bytes !== null && 'missing' in bytes) missing.push(bytes)

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`
const seconds = Math.round((performance.now() - started) / 1_000)
console.log(`\nNode ${process.version}, ${machine}; ${seconds} s\n`)
if (Object.keys(stores).length > 0) console.log(`${evenTable([FEW, rows], stores)}\n`)
if (bytes !== null && 'sizes' in bytes) console.log(bytesTable(bytes.version, bytes.sizes))
for (const one of missing) console.warn(`NOT MEASURED: ${one.service}. ${one.missing}`)

const run = { at: new Date().toISOString(), node: process.version, machine, seconds, turns, sessions }
mkdirSync(dirname(options.report), { recursive: true })
writeFileSync(options.report, `${JSON.stringify({ ...run, rows: [FEW, rows], stores, bytes, missing }, null, 2)}\n`)

/** What sessions take in Redis, each time in a new one. */
async function bytesInRedis() {
  console.log(`Bytes of ${sessions} sessions in Redis …`)
  const found = []
  let version = ''
  for (const size of sizes) {
    const both = []
    for (const bytesOf of [theirBytes, ourBytes]) {
      const server = await service('redis', { own: true })
      if ('missing' in server) return server
      version = server.version
      try {
        both.push(await bytesOf(server.url, size, sessions))
      } finally {
        await server.stop()
      }
    }
    const [theirs, ours] = /** @type {[import('../store-report.js').Bytes, import('../store-report.js').Bytes]} */ (
      both
    )
    found.push({ bytes: size, theirs, ours })
  }
  return { version, sizes: found }
}
