/**
 * What every subject answers, each with a number as text. What is done with a session is said once, here, so that it is the
 * same with every library.
 *
 * - `GET /none`: the session is there and not touched. Answers 1.
 * - `GET /read`: reads the field `likes`, and answers it.
 * - `POST /write`: adds one to `likes`, and answers it.
 * - `POST /create/<bytes>`: puts the fields of `dataOf(bytes)` into a session that did not exist before. Answers 1.
 * - `POST /seed/<bytes>`: the same, as of somebody signed in. It is not measured.
 * - `GET /size`: how many bytes of JSON the session holds of those fields. It is not measured.
 *
 * A framework without sessions answers 0 to all of them.
 */
import { dataOf, names } from './session-data.js'
import { sizes } from './works.js'

/** @typedef {import('./session-data.js').SessionData} SessionData */

/**
 * A library for sessions, as it is used within a framework.
 *
 * @template App
 * @typedef {object} Library
 * @property {(app: App) => unknown} mount
 * @property {(request: any) => SessionData} fieldsOf where the fields of a request's session are read and written. The
 *   types of requests do not know of sessions.
 * @property {(request: any) => Promise<unknown>} [signIn] what a sign-in takes, where it takes more than a field.
 */

/**
 * @typedef {object} Target
 * @property {'GET' | 'POST'} method
 * @property {string} path
 * @property {(library: Library<any>, request: any) => number | Promise<number>} act
 */

/** @type {readonly Target[]} */
export const targets = [
  { method: 'GET', path: '/none', act: () => 1 },
  { method: 'GET', path: '/read', act: (library, request) => library.fieldsOf(request).likes },
  {
    method: 'POST',
    path: '/write',
    act: (library, request) => {
      const fields = library.fieldsOf(request)
      fields.likes += 1
      return fields.likes
    },
  },
  ...sizes.map(creating),
  ...sizes.map(seeding),
  { method: 'GET', path: '/size', act: (library, request) => sizeOf(library.fieldsOf(request)) },
]

/**
 * What a subject says to a request; at once, but for a seed.
 *
 * @param {Target} target
 * @param {Library<any> | null} library `null` for a framework without sessions
 * @param {unknown} request
 */
export function saidTo(target, library, request) {
  return library === null ? 0 : target.act(library, request)
}

/**
 * @param {number} bytes
 * @returns {Target}
 */
function creating(bytes) {
  const data = dataOf(bytes)
  return {
    method: 'POST',
    path: `/create/${bytes}`,
    act: (library, request) => {
      Object.assign(library.fieldsOf(request), data)
      return 1
    },
  }
}

/**
 * @param {number} bytes
 * @returns {Target}
 */
function seeding(bytes) {
  return {
    method: 'POST',
    path: `/seed/${bytes}`,
    act: async (library, request) => {
      Object.assign(library.fieldsOf(request), dataOf(bytes))
      if (library.signIn === undefined) Object.assign(library.fieldsOf(request), { user: 'ada' })
      else await library.signIn(request)
      return 1
    },
  }
}

/** @param {SessionData} fields */
function sizeOf(fields) {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, fields[name]]))).length
}
