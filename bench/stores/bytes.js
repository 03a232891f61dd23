/** What a session takes in Redis: as connect-redis writes it, and as we do, its entries in indexes included. */
import { RedisStore } from 'connect-redis'
import { redisStore } from 'holdfast/redis'
import { openRedis } from '../redis.js'
import { dataOf } from '../session-data.js'
import { firstRow } from './acts.js'

/**
 * The bytes that Redis holds more for each of so many sessions.
 *
 * @param {number} bytes of JSON that a session holds
 * @param {number} count
 * @returns {Promise<{ bytes: number, theirs: number, ours: number }>}
 */
export async function bytesInRedis(bytes, count) {
  const client = await openRedis()
  const theirs = new RedisStore({ client })
  const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }
  const session = /** @type {import('express-session').SessionData} */ (
    /** @type {unknown} */ ({ cookie, user: 'user-100000', ...dataOf(bytes) })
  )
  const used = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
  const empty = await used()
  for (let n = 0; n < count; n += 1) await theirs.set(String(n).padStart(32, '0'), session)
  const written = await used()

  const store = redisStore(client)
  const row = await firstRow(store, bytes)
  const before = await used()
  for (let n = 0; n < count; n += 1) {
    await store.create({ ...row, handle: String(n).padStart(22, '0'), user: `user-${n}` }, row.seenAt)
  }
  const after = await used()
  await client.quit()
  return { bytes, theirs: (written - empty) / count, ours: (after - before) / count }
}
