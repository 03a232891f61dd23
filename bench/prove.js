/** Whether a subject does what it is measured for, which one answer by itself does not show. */
import { cookiesIn, numberIn } from './answer.js'
import { LIKES } from './session-data.js'

/** @typedef {import('./works.js').Size} Size */

/** How many sessions of each size the requests come from, in turn. */
const SESSIONS = 256

/**
 * Sends one request, and answers what came back as it was sent.
 *
 * @callback Ask
 * @param {'GET' | 'POST'} method
 * @param {string} url
 * @param {string} cookie `''` where there is none
 * @returns {Promise<string>}
 */

/**
 * Makes the sessions that the works come with: the cookies of each size.
 *
 * @param {Ask} ask
 * @param {readonly Size[]} sizes
 * @param {number} [count] of each size; at least two
 * @returns {Promise<Map<Size | null, string[]>>} beside the sizes `null`: the cookie of one who has no session
 */
export async function seed(ask, sizes, count = SESSIONS) {
  /** @type {Map<Size | null, string[]>} */
  const cookies = new Map([[null, ['']]])
  for (const size of sizes) {
    const made = []
    for (let i = 0; i < count; i += 1) made.push(cookiesIn(await ask('POST', `/seed/${size}`, '')))
    cookies.set(size, made)
  }
  return cookies
}

/**
 * Throws unless every session holds what was put into it, what is written to one is there with the next request and in that
 * one alone, and one that is created is found again by the cookie that came with the answer.
 *
 * @param {Ask} ask
 * @param {ReadonlyMap<Size | null, readonly string[]>} cookies as `seed` made them
 */
export async function prove(ask, cookies) {
  for (const [size, [own = '', other = '']] of cookies) {
    if (size === null) continue
    await proveHeld(ask, own, size)
    const before = numberIn(await ask('GET', '/read', own))
    expect(`a read of ${size} B`, before, LIKES)
    expect(`a write of ${size} B`, numberIn(await ask('POST', '/write', own)), before + 1)
    expect(`a read after a write of ${size} B`, numberIn(await ask('GET', '/read', own)), before + 1)
    expect(`a read of another session of ${size} B`, numberIn(await ask('GET', '/read', other)), LIKES)
    await proveHeld(ask, own, size)

    const created = cookiesIn(await ask('POST', `/create/${size}`, ''))
    await proveHeld(ask, created, size)
    expect(`a read of a created session of ${size} B`, numberIn(await ask('GET', '/read', created)), LIKES)
  }
}

/**
 * @param {Ask} ask
 * @param {string} cookie
 * @param {Size} size
 */
async function proveHeld(ask, cookie, size) {
  if (cookie === '') throw new Error(`no cookie came with a session of ${size} B`)
  const held = numberIn(await ask('GET', '/size', cookie))
  if (held < size) throw new Error(`a session of ${size} B holds ${held} B`)
}

/**
 * @param {string} what
 * @param {number} said
 * @param {number} wanted
 */
function expect(what, said, wanted) {
  if (said !== wanted) throw new Error(`${what} should answer ${wanted}, and answers ${said}`)
}
