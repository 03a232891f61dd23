/** What is timed on a store that holds many rows. */
import { createSessions } from 'holdfast'
import { cookieFor } from 'holdfast/testing'
import { copyOf, handleOf, spread } from '../copies.js'
import { dataOf } from '../session-data.js'

/** @typedef {import('holdfast').Store} Store */
/** @typedef {import('holdfast').Row} Row */

const SECRET = 'Qm9sZGZhc3QgYmVuY2gsIDMyIGJ5dGVzIG9mIGl0'

/** How many sessions the users have whose lists are asked for and who are revoked. */
const DEVICES = 5

/** How many rows are due where some are. */
const DUE = 100

/** How much longer ago those were written: long enough that they are due, and not so long that a server dropped them. */
const AGO = 600_000

/** The acts, in the order in which they are printed. */
export const acts = /** @type {const} */ ([
  'get',
  'patch',
  'list(user)',
  'revoke({ user })',
  'sweep, nothing due',
  'sweep, 100 due',
])

/** @typedef {Readonly<Record<(typeof acts)[number], import('../turns.js').Act>>} Acts */

/**
 * The acts on a store.
 *
 * @param {Store} store
 * @param {Row} row one that it holds
 * @param {number} copies how many of them it holds
 * @returns {Promise<Acts>}
 */
export async function actsOn(store, row, copies) {
  const sessions = sessionsOn(store)
  /** @param {string} user */
  const signInOn = async (user) => {
    for (let device = 0; device < DEVICES; device += 1) await cookieFor(sessions, user)
  }
  await signInOn('ada')
  let written = 0
  const sweep = async () => (await store.sweep?.(Date.now(), DUE))?.length ?? 0
  return {
    get: {
      act: async (turn) => ((await store.get(handleOf(spread(turn, copies)), Date.now())) === null ? 0 : 1),
      rows: 1,
      turns: 1,
    },
    patch: {
      act: async (turn) => {
        written += 1
        const patch = { set: new Map([['likes', `${written}`]]), op: `${written}`.padStart(16, '0') }
        return (await store.patch(handleOf(spread(turn, copies)), patch, Date.now())) === null ? 0 : 1
      },
      rows: 1,
      turns: 1,
    },
    'list(user)': { act: async () => (await sessions.list('ada')).length, rows: DEVICES, turns: 1 },
    'revoke({ user })': {
      before: () => signInOn('bob'),
      act: async () => (await sessions.revoke({ user: 'bob' })).revoked,
      rows: DEVICES,
      turns: 0.3,
    },
    'sweep, nothing due': { act: sweep, rows: 0, turns: 1 },
    'sweep, 100 due': {
      before: () => Promise.all(Array.from({ length: DUE }, (_, n) => leave(store, row, copies + 1 + n))),
      act: sweep,
      rows: DUE,
      turns: 0.1,
    },
  }
}

/**
 * A row as the engine writes it, with so many bytes of data.
 *
 * @param {Store} store
 * @param {number} bytes
 */
export async function firstRow(store, bytes) {
  const sessions = sessionsOn(store)
  await cookieFor(sessions, 'eve', { data: dataOf(bytes) })
  const [{ handle = '' } = {}] = await sessions.list('eve')
  const row = await store.get(handle, Date.now())
  if (row === null) throw new Error('the row that was written is not there')
  return row
}

/** @param {Store} store */
function sessionsOn(store) {
  return createSessions({ secret: SECRET, store, sweep: false, log: () => {} })
}

/**
 * Writes a row that is due.
 *
 * @param {Store} store
 * @param {Row} row
 * @param {number} n
 */
function leave(store, row, n) {
  const then = Date.now() - AGO
  return store.create({ ...copyOf(row, n), seenAt: then, expiresAt: then + 1 }, then)
}
