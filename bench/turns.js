import { quantile } from './statistics.js'

/**
 * @typedef {object} Act
 * @property {(turn: number) => unknown} [before] is not timed
 * @property {(turn: number) => Promise<number>} act answers how many rows it was about
 * @property {number} rows how many it must be about: an act that finds nothing would be measured as very cheap
 * @property {number} turns how many times it is timed, as a part of those of the others
 */

/** In how many parts the turns of an act are taken, the other acts between them: a bad moment then spoils none of them. */
const PASSES = 10

/**
 * The medians of the times that acts take in several places, in milliseconds. The places take turns, in an order that is
 * reversed with every turn, so that a machine that slows down slows all of them.
 *
 * @template {string} Name
 * @param {readonly Readonly<Record<Name, Act>>[]} places the same acts in each
 * @param {number} turns
 * @returns {Promise<Record<Name, number>[]>} of each place
 */
export async function timesOf(places, turns) {
  const names = /** @type {Name[]} */ (Object.keys(places[0] ?? {}))
  const taken = places.map(() => new Map(names.map((name) => [name, /** @type {number[]} */ ([])])))
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const name of names) {
      const all = Math.ceil(turns * (places[0]?.[name].turns ?? 0))
      for (let turn = startOf(pass, all); turn < startOf(pass + 1, all); turn += 1) {
        const order = places.map((place, at) => ({ ...place[name], at }))
        for (const { before, act, rows, at } of turn % 2 === 0 ? order : order.reverse()) {
          await before?.(turn)
          const started = performance.now()
          const met = await act(turn)
          taken[at]?.get(name)?.push(performance.now() - started)
          if (met !== rows) throw new Error(`${name} was to be about ${rows} row(s), and was about ${met}`)
        }
      }
    }
  }
  return taken.map((times) => {
    const medians = [...times].map(([name, all]) => [name, quantile(all, 0.5)])
    return /** @type {Record<Name, number>} */ (Object.fromEntries(medians))
  })
}

/**
 * @param {number} pass
 * @param {number} turns
 */
function startOf(pass, turns) {
  return Math.floor((pass * turns) / PASSES)
}
