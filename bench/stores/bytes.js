/** What a session takes in Redis: as connect-redis writes it, and as we do, its entries in indexes included. */
import { RedisStore } from 'connect-redis'
import { redisStore } from 'holdfast/redis'
import { copyOf, userOf } from '../copies.js'
import { clientOf } from '../redis.js'
import { dataOf } from '../session-data.js'
import { firstRow } from './acts.js'

/** @typedef {import('../store-report.js').Bytes} Bytes */
/** @typedef {Awaited<ReturnType<typeof clientOf>>} Client */

/** Of how many elements of a key Redis adds up the sizes: more than any has. It guesses from five unless it is told. */
const ALL = 1_000_000

/** How many sessions are on their way at once: few, since what Redis keeps for a connection counts as used. */
const AT_ONCE = 8

/**
 * As connect-redis writes sessions of so many bytes of JSON.
 *
 * @param {string} url of an empty Redis
 * @param {number} bytes
 * @param {number} count
 */
export function theirBytes(url, bytes, count) {
  // As express-session hands it over.
  const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }
  return bytesOf(url, count, async (client) => {
    const store = new RedisStore({ client })
    const data = dataOf(bytes)
    return (n) => {
      const session = { cookie, user: userOf(n), ...data }
      return store.set(String(n).padStart(32, '0'), /** @type {import('express-session').SessionData} */ (session))
    }
  })
}

/**
 * As holdfast does, each with a user of its own.
 *
 * @param {string} url of an empty Redis
 * @param {number} bytes
 * @param {number} count
 */
export function ourBytes(url, bytes, count) {
  return bytesOf(url, count, async (client) => {
    const store = redisStore(client)
    const row = await firstRow(store, bytes)
    return (n) => store.create(copyOf(row, n), row.seenAt)
  })
}

/**
 * @param {string} url
 * @param {number} count
 * @param {(client: Client) => Promise<(n: number) => unknown>} open answers what writes a session
 * @returns {Promise<Bytes>}
 */
async function bytesOf(url, count, open) {
  const writer = await clientOf(url)
  const write = await open(writer)
  const empty = await held(url)
  for (let n = 1; n <= count; n += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - n + 1) }, (_, i) => write(n + i)))
  }
  await writer.close()
  const full = await held(url)
  /** @type {Record<string, number>} */
  const byKind = {}
  for (const [kind, total] of full.byKind) byKind[kind] = (total - (empty.byKind.get(kind) ?? 0)) / count
  const keys = Object.values(byKind).reduce((total, one) => total + one, 0)
  return { used: (full.used - empty.used) / count, keys, byKind }
}

/**
 * What Redis holds, seen by a connection of its own: what it keeps for the one that writes is none of it.
 *
 * @param {string} url
 */
async function held(url) {
  const client = await clientOf(url)
  const used = Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1])
  /** @type {Map<string, number>} */
  const byKind = new Map()
  for await (const keys of client.scanIterator({ COUNT: 1_000 })) {
    const sizes = await Promise.all(keys.map((key) => client.memoryUsage(key, { SAMPLES: ALL })))
    for (const [at, key] of keys.entries()) {
      const kind = kindOf(key)
      byKind.set(kind, (byKind.get(kind) ?? 0) + (sizes[at] ?? 0))
    }
  }
  await client.close()
  return { used, byKind }
}

/**
 * What a key is.
 *
 * @param {string} key
 * @returns {'session' | 'user' | 'due' | 'all'} the last three are indexes
 */
function kindOf(key) {
  if (key.startsWith('holdfast:user:')) return 'user'
  if (key.endsWith('}due')) return 'due'
  return key.endsWith('}all') ? 'all' : 'session'
}
