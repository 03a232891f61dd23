/**
 * What a subject sends to Redis for one request, as the server counts it.
 *
 * @typedef {Readonly<Record<string, number>>} Commands by name; a fraction where not every request sends it.
 */

/**
 * How often each command was called, but for the question itself.
 *
 * @param {string} said the answer to `INFO commandstats`
 * @returns {Map<string, number>}
 */
export function countsIn(said) {
  const lines = [...said.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
  const counts = new Map(lines.map(([, name = '', calls]) => [name, Number(calls)]))
  counts.delete('info')
  return counts
}

/**
 * @param {ReadonlyMap<string, number>} before
 * @param {ReadonlyMap<string, number>} after
 * @param {number} requests
 * @returns {Commands}
 */
export function perRequest(before, after, requests) {
  const more = [...after].map(([name, calls]) => /** @type {const} */ ([name, calls - (before.get(name) ?? 0)]))
  return Object.fromEntries(more.filter(([, calls]) => calls > 0).map(([name, calls]) => [name, calls / requests]))
}

/** @param {Commands} commands */
export function sum(commands) {
  return Object.values(commands).reduce((total, calls) => total + calls, 0)
}
