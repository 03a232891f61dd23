import { Lane } from './lane.js'

/** In milliseconds. */
const WARMING = 1_000
const MEASURED = 3_000

/**
 * Writes where the time of one subject at one work goes, as a `.cpuprofile` that Chrome's and VS Code's tools open.
 *
 * @param {string} name of the subject
 * @param {import('./works.js').Work} work
 * @param {string} folder with a slash at its end
 * @param {string} [url] of the server that the subject keeps its sessions on
 * @returns {Promise<string>} the file
 */
export async function profile(name, work, folder, url) {
  const file = `${folder}${name}-${work.name}.cpuprofile`
  const lane = await Lane.start(name, [work], url)
  try {
    await lane.slice(work, WARMING)
    await lane.profiled(file, () => lane.slice(work, MEASURED))
  } finally {
    await lane.end()
  }
  return file
}
