import { findProgram } from './program.js'
import { record } from './record.js'

/**
 * A program that tests need. One that cannot be had is said aloud, here and at the end of the run; with
 * `HOLDFAST_REQUIRE=all` it is an error.
 *
 * @param {string} service by which it stands in the list of what was tested
 * @param {import('./program.js').Wanted} wanted
 * @returns {Promise<import('./program.js').Program | import('./program.js').Missing>}
 */
export async function obtain(service, wanted) {
  const found = await findProgram(wanted)
  if (!('missing' in found)) return found
  if (process.env.HOLDFAST_REQUIRE === 'all') throw new Error(found.missing)
  record({ service, missing: found.missing })
  console.warn(`\nSKIPPED, UNLESS HOLDFAST_REQUIRE=all: ${found.missing}\n`)
  return found
}
