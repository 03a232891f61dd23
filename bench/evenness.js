import { service } from '../scripts/services/service.js'
import { ratiosOf } from './store-report.js'
import { actsOn, firstRow } from './stores/acts.js'
import { grounds } from './stores/grounds.js'
import { timesOf } from './turns.js'

/** @typedef {import('../scripts/services/service.js').Missing} Missing */

/** With how many rows the others are compared. */
export const FEW = 1_000

/** Bytes of data in each row. */
const DATA = 200

/** What part of its turns each act has had before it is timed. */
const WARMING = 0.2

/**
 * What the acts on a store cost among a thousand rows and among more of them, on two servers of our own.
 *
 * @param {string} name of the store
 * @param {number} rows
 * @param {number} turns
 * @returns {Promise<{ version: string, times: import('./store-report.js').TimesByAct } | Missing>}
 */
export async function evennessOf(name, rows, turns) {
  const kind = Object.entries(grounds).find(([one]) => one === name)?.[1]
  if (kind === undefined) throw new Error(`There is no store '${name}'. There are: ${Object.keys(grounds).join(', ')}.`)
  /** @type {(() => Promise<unknown>)[]} */
  const ends = []
  try {
    let version = 'SQLite'
    const sides = []
    for (const count of [FEW, rows]) {
      const server = kind.on === null ? null : await service(kind.on, { own: true })
      if (server !== null && 'missing' in server) return server
      if (server !== null) {
        version = server.version
        ends.push(() => server.stop())
      }
      const ground = await kind.open(server?.url ?? '')
      ends.push(() => ground.close())
      const row = await firstRow(ground.store, DATA)
      await ground.fill(row, count)
      sides.push(await actsOn(ground.store, row, count))
    }
    await timesOf(sides, turns * WARMING)
    return { version, times: ratiosOf(await timesOf(sides, turns)) }
  } finally {
    for (const end of ends.reverse()) await end()
  }
}
