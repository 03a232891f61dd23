import type { RedisWire } from './redis-client.js'
import { dueMember, type Owners, type RedisKeys } from './redis-keys.js'
import { SUMMARY_FIELDS, sessionOf } from './redis-row.js'

/** What is to be taken out of which indexes. */
export interface Tidying {
  readonly handle: string
  /** The indexes: of this user, of this link. `null`: not of one. */
  readonly owners: Owners
  /** Also the entry of the `due` set that names these owners. */
  readonly due: boolean
}

/**
 * Takes a handle out of indexes after its row was found dead or gone.
 *
 * The indexes of owners lie in other slots than the row, so this is not one act with finding out. But rows are written
 * before their entries: should the handle have been given to a new row meanwhile, its entry was either written after it was
 * taken out here, or the row shows itself to the look that follows, and the entry is put back.
 */
export async function tidyIndex(wire: RedisWire, keys: RedisKeys, { handle, owners, due }: Tidying): Promise<void> {
  const { user, link } = owners
  const indexes: string[] = []
  if (user !== null) indexes.push(keys.user(user))
  if (link !== null) indexes.push(keys.link(link))
  const [dueKey, member] = [keys.due(handle), dueMember(handle, owners)]
  await Promise.all(indexes.map((index) => wire.send(index, ['ZREM', index, handle])))
  // Last, so that what was not tidied for a fault is found again.
  if (due) await wire.send(dueKey, ['ZREM', dueKey, member])

  const key = keys.row(handle)
  const live = sessionOf(handle, await wire.send(key, ['HMGET', key, ...SUMMARY_FIELDS]))
  if (live === null) return
  const back: Promise<unknown>[] = []
  if (user !== null && live.user === user) back.push(addTo(wire, keys.user(user), handle))
  if (link !== null && live.link === link) back.push(addTo(wire, keys.link(link), handle))
  if (due && live.user === user && live.link === link) back.push(addTo(wire, dueKey, member, live.expiresAt))
  await Promise.all(back)
}

/** Enters a member in a sorted set. The scores of all but `due` are 0, so that the members are in order. */
export function addTo(wire: RedisWire, key: string, member: string, score = 0): Promise<unknown> {
  return wire.send(key, ['ZADD', key, String(score), member])
}
