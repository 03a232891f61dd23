/** What is timed on a store that holds many rows, each as an application would have it done. */
import { createSessions } from 'holdfast'
import { cookieFor, direct } from 'holdfast/testing'
import { dataOf } from '../session-data.js'
import { quantile } from '../statistics.js'

/** @typedef {import('holdfast').Store} Store */

const SECRET = 'Qm9sZGZhc3QgYmVuY2gsIDMyIGJ5dGVzIG9mIGl0'

const ORIGIN = 'https://shop.example/'

/** How many sessions the user has whose list is asked for. */
const DEVICES = 5

/** The acts, in the order in which they are printed. */
export const acts = /** @type {const} */ (['get', 'patch', 'list(user)', 'revoke({ user })', 'sweep, nothing due'])

/**
 * The medians of the times that the acts take, in milliseconds.
 *
 * @param {Store} store
 * @param {number} rounds
 * @returns {Promise<Record<(typeof acts)[number], number>>}
 */
export async function timesOf(store, rounds) {
  const sessions = createSessions({ secret: SECRET, store, sweep: false, log: () => {} })
  /** @param {string} user */
  const signInOn = async (user) => {
    for (let device = 0; device < DEVICES; device += 1) await cookieFor(sessions, user)
  }
  const headers = await cookieFor(sessions, 'ada', { url: ORIGIN })
  await signInOn('ada')
  const [{ handle = '' } = {}] = await sessions.list('ada')
  let written = 0
  const times = {
    get: await median(rounds, () => store.get(handle, Date.now())),
    patch: await median(rounds, () => {
      written += 1
      return direct(sessions, { url: ORIGIN, headers }, ({ data }) => {
        Object.assign(data, { written })
      })
    }),
    'list(user)': await median(rounds, () => sessions.list('ada')),
    'revoke({ user })': await median(
      Math.ceil(rounds / 5),
      () => sessions.revoke({ user: 'bob' }),
      () => signInOn('bob'),
    ),
    'sweep, nothing due': await median(rounds, () => store.sweep?.(Date.now(), 100)),
  }
  return times
}

/**
 * A row as the engine writes it, with so many bytes of data.
 *
 * @param {Store} store
 * @param {number} bytes
 */
export async function firstRow(store, bytes) {
  const sessions = createSessions({ secret: SECRET, store, sweep: false, log: () => {} })
  await cookieFor(sessions, 'eve', { data: dataOf(bytes) })
  const [{ handle = '' } = {}] = await sessions.list('eve')
  const row = await store.get(handle, Date.now())
  if (row === null) throw new Error('the row that was written is not there')
  return row
}

/**
 * @param {number} rounds
 * @param {() => unknown} act
 * @param {() => unknown} [before] is not timed
 */
async function median(rounds, act, before) {
  const times = []
  for (let round = 0; round < rounds; round += 1) {
    await before?.()
    const started = performance.now()
    await act()
    times.push(performance.now() - started)
  }
  return quantile(times, 0.5)
}
