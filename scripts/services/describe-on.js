import { describe, test } from 'vitest'

/**
 * Tests on a server. Where it is missing, its name and the reason stand among what was skipped.
 *
 * @template {object} T
 * @param {T} server what `service` answered
 * @param {string} title
 * @param {(server: Exclude<T, { missing: string }>) => void} tests
 */
export function describeOn(server, title, tests) {
  if (isThere(server)) describe(title, () => tests(server))
  else describe.skip(title, () => void test(String(Object(server).missing), () => undefined))
}

/**
 * @template {object} T
 * @param {T} server
 * @returns {server is Exclude<T, { missing: string }>}
 */
function isThere(server) {
  return !('missing' in server)
}
