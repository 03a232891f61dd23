import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { oneAtATime } from './one-at-a-time.js'
import { tries } from './tries.js'

/**
 * Where programs are kept that were fetched for the tests: outside the workspace, so that a fresh clone finds what another
 * has fetched. A home of root is closed to the user as whom Postgres runs, so root's programs lie elsewhere.
 */
const home = () =>
  join(
    process.env.XDG_CACHE_HOME ?? (process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache')),
    'holdfast',
    'programs',
  )

/**
 * A folder of the cache, and what fills it where it is not there yet.
 *
 * @param {string} name
 * @param {(work: string) => Promise<string>} fill makes the folder somewhere in `work`, and answers where. Tried again
 *   where it fails
 * @returns {Promise<{ folder: string } | { problem: string }>}
 */
export async function cached(name, fill) {
  const folder = join(home(), name)
  if (existsSync(folder)) return { folder }
  return oneAtATime(async () => {
    const problem = await tries(async () => {
      if (!existsSync(folder)) await fillFolder(folder, fill)
    })
    return problem === null ? { folder } : { problem }
  })
}

/**
 * @param {string} folder
 * @param {(work: string) => Promise<string>} fill
 */
async function fillFolder(folder, fill) {
  await mkdir(dirname(folder), { recursive: true })
  const work = await mkdtemp(join(dirname(folder), 'filling-'))
  try {
    // All or nothing: what is killed halfway leaves no half of a program.
    await rename(await fill(work), folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
