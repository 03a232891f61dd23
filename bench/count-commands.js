import { countsIn, perRequest } from './commands.js'
import { Lane } from './lane.js'
import { clientOf } from './redis.js'

/** In milliseconds of CPU time: some hundred requests. */
const COUNTED = 25

/**
 * Counts the commands that Redis gets for one request.
 *
 * @param {string} name of the subject
 * @param {import('./works.js').Work} work
 * @param {string} url of a Redis that nobody else uses meanwhile
 */
export async function countCommands(name, work, url) {
  const client = await clientOf(url)
  try {
    const lane = await Lane.start(name, [work], url)
    try {
      await lane.slice(work, COUNTED)
      const before = countsIn(await client.info('commandstats'))
      const { requests } = await lane.slice(work, COUNTED)
      return perRequest(before, countsIn(await client.info('commandstats')), requests)
    } finally {
      await lane.end()
    }
  } finally {
    client.destroy()
  }
}
