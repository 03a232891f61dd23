import { hash } from 'node:crypto'

/** Sets these hashes apart from every other use of SHA-256. */
const PURPOSE = 'holdfast/connect handle\n'

/**
 * The handle under which a session of another library is kept: the first 128 bits of a hash of its id. Whoever reads the
 * store learns no id from it.
 */
export function handleOf(id: string): string {
  return hash('sha256', PURPOSE + id, 'buffer').toString('base64url', 0, 16)
}
