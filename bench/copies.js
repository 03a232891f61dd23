/**
 * The sessions that a store is filled with: copies of one that the engine wrote, which differ from it in their handles and
 * users alone.
 */

/** @typedef {import('holdfast').Row} Row */

/** A handle begins with any of these: stores spread their rows by it. */
const LETTERS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

/** How many digits follow. */
const DIGITS = 21

/** How many copies lie between one that is asked for and the next: a prime, so that all of them have their turn. */
const STRIDE = 7_919

/** @param {number} n */
export function handleOf(n) {
  return `${LETTERS[n % LETTERS.length]}${String(n).padStart(DIGITS, '0')}`
}

/** @param {number} n */
export function userOf(n) {
  return `user-${n}`
}

/**
 * @param {Row} row
 * @param {number} n from 1
 * @returns {Row}
 */
export function copyOf(row, n) {
  return { ...row, handle: handleOf(n), user: userOf(n) }
}

/**
 * Which copy is asked for in which turn.
 *
 * @param {number} turn
 * @param {number} count of the copies
 */
export function spread(turn, count) {
  return 1 + ((turn * STRIDE) % count)
}

/**
 * The same in SQL: what the columns of copy number `n` hold that differ, by the names that stores give them.
 *
 * @param {(n: string, digits: number) => string} padded the number with zeros before it
 * @returns {Readonly<Record<string, string>>}
 */
export function copiedColumns(padded) {
  return {
    handle: `substr('${LETTERS}', 1 + n % ${LETTERS.length}, 1) || ${padded('n', DIGITS)}`,
    user: "'user-' || n",
    user_id: "'user-' || n",
  }
}
