import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { npm, unpack } from './programs.js'

/** A package of the registry, unpacked; or why it cannot be had. */
export type Fetched = { readonly folder: string } | { readonly missing: string }

/** A registry that does not answer once may answer the next time. */
const TRIES = 3

/** Outside the workspace, so that a fresh clone finds what another has fetched. */
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'holdfast', 'packages')

/** Whether a package that cannot be had is a failure; else it is said aloud, and what needs it is skipped. */
export const required: boolean = process.env.HOLDFAST_REQUIRE === 'all'

/** One package, without those that it depends on, and without running any script of it. */
export async function fetched(name: string, version: string): Promise<Fetched> {
  const folder = join(cache, `${name.replace('/', '+')}-${version}`)
  if (existsSync(folder)) return { folder }
  let failure: unknown
  for (let tried = 0; tried < TRIES; tried++) {
    try {
      await fetchInto(folder, `${name}@${version}`)
      return { folder }
    } catch (error) {
      failure = error
    }
  }
  const missing = `${name}@${version} cannot be had from the registry. ${failure}`
  console.warn(`\nSKIPPED, UNLESS HOLDFAST_REQUIRE=all: ${missing}\n`)
  return { missing }
}

/** The folder; throws where there is none. */
export function folderOf(found: Fetched): string {
  if ('missing' in found) throw new Error(found.missing)
  return found.folder
}

async function fetchInto(folder: string, spec: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const parts = await mkdtemp(join(cache, 'fetching-'))
  try {
    const [packed] = JSON.parse(await npm(['pack', spec, '--json', '--ignore-scripts'], parts))
    await unpack(join(parts, packed.filename), join(parts, 'package'))
    // All or nothing: what is killed halfway, or done by two at once, leaves no half of a package.
    await rename(join(parts, 'package'), folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  } finally {
    await rm(parts, { recursive: true, force: true })
  }
}
