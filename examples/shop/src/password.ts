import { hash, verify } from '@node-rs/argon2'
import { limit } from './limit.js'

/** Argon2id, as OWASP recommends it at least: 19 MiB, two passes, one lane. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** How long a password may be, in characters. */
export const SHORTEST = 8
export const LONGEST = 256

/** Of a random text that was thrown away. No password fits it; it is there to be tried in vain. */
const nobodys = '$argon2id$v=19$m=19456,t=2,p=1$8bLySlVVooPqVccI2cE8EQ$qlhI6MPNdpls+QBiILJBulFIgrz9AS4bnMrcfyTpIjg'

const limited = limit(2, 50)

/** What is kept of a password. Throws `Busy` when too many are being hashed. */
export function hashOf(password: string): Promise<string> {
  return limited(() => hash(password.normalize('NFKC'), cost))
}

/**
 * Whether the password is the one that was hashed. `null` stands for a user who is not there and takes as long, so that the
 * time tells nobody who has an account. Throws `Busy` when too many are being checked.
 */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  if (password.length > LONGEST) return false
  const fits = await limited(() => verify(passwordHash ?? nobodys, password.normalize('NFKC')))
  return fits && passwordHash !== null
}
