import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Shorter than this it is not what was written here: 32 bytes in base64url. */
const LENGTH = 43

/** How often a file is looked at that another process is about to fill, and how long to wait in between. */
const LOOKS = 50
const PAUSE = 20

/**
 * The secret in a file, which is written at the first start, for its owner alone. Of several processes that start at once
 * one writes it and all have the same. Throws where the file holds something else.
 */
export async function secretIn(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = randomBytes(32).toString('base64url')
  try {
    await writeFile(path, fresh, { flag: 'wx', mode: 0o600 })
    return fresh
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  for (let looked = 0; looked < LOOKS; looked += 1) {
    const found = (await readFile(path, 'utf8')).trim()
    if (found.length >= LENGTH) return found
    await sleep(PAUSE)
  }
  throw new Error(
    `${path} holds no secret. Delete it: a new one is written at the next start, and everybody signs in again.`,
  )
}
