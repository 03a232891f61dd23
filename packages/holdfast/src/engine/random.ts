import { randomFillSync } from 'node:crypto'

/**
 * Randomness from a pool: one call to the operating system fills enough for many secrets, and what was handed out is
 * zeroed, so that no used secret stays in memory. If the generator throws, so does the request: there is no fallback.
 */
const pool = Buffer.alloc(4096)
let used = pool.length

/** `bytes` random bytes as base64url text. */
export function randomText(bytes: number): string {
  if (used + bytes > pool.length) {
    used = pool.length
    randomFillSync(pool)
    used = 0
  }
  const text = pool.toString('base64url', used, used + bytes)
  pool.fill(0, used, used + bytes)
  used += bytes
  return text
}

/** A handle: 128 bits, 22 characters. */
export function newHandle(): string {
  return randomText(16)
}

/** The id of one write: 96 bits, 16 characters. */
export function newOp(): string {
  return randomText(12)
}
