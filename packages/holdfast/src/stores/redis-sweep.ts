import type { Millis, Row } from '../engine/row.js'
import type { RedisWire } from './redis-client.js'
import { GROUPS, parseDueMember, type RedisKeys } from './redis-keys.js'
import { rowOf } from './redis-row.js'
import { CLAIM, run } from './redis-scripts.js'
import { tidyIndex } from './redis-tidy.js'

/**
 * Claims up to `limit` dead rows.
 *
 * Each group is asked what is due, and nothing else; each row is taken by one script, which hands it to one caller; then
 * the indexes of its owners are tidied. Should the process end in between, the `due` set still names the owners, and the
 * next sweep tidies them.
 *
 * What was claimed is nobody else's any more, so it is answered even where another group failed; what that group has due
 * comes at the next sweep. Throws what the client threw only where nothing was claimed.
 */
export async function sweepRows(wire: RedisWire, keys: RedisKeys, now: Millis, limit: number): Promise<Row[]> {
  const rows: Row[] = []
  // Sweeps of several processes begin at different groups, so that they seldom meet.
  const start = Math.floor(Math.random() * GROUPS.length)
  let groups = [...GROUPS.slice(start), ...GROUPS.slice(0, start)]
  while (groups.length > 0 && rows.length < limit) {
    const left = limit - rows.length
    const most = Math.ceil(left / groups.length)
    const asked = await Promise.allSettled(groups.map((group) => dueIn(wire, keys.due(group), now, most)))
    const found = asked.map((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    let room = left
    const taken = found.map((members) => {
      const some = members.slice(0, room)
      room -= some.length
      return some
    })
    const tried = await Promise.allSettled(taken.flat().map((member) => claim(wire, keys, member, now)))
    const claims = tried.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    for (const { row } of claims) if (row !== null) rows.push(row)
    const failed = [...asked, ...tried].find((answer) => answer.status === 'rejected')
    if (failed !== undefined && rows.length === 0) throw failed.reason
    // What failed, or could not be tidied, is due again at the next sweep.
    if (failed !== undefined || claims.some(({ tidied }) => !tidied)) break
    groups = groups.filter((_, at) => found[at]?.length === most || found[at]?.length !== taken[at]?.length)
  }
  return rows
}

async function dueIn(wire: RedisWire, key: string, now: Millis, most: number): Promise<readonly string[]> {
  const range = ['ZRANGEBYSCORE', key, '-inf', String(now), 'LIMIT', '0', String(most)]
  return (await wire.send(key, range)) as string[]
}

async function claim(
  wire: RedisWire,
  keys: RedisKeys,
  member: string,
  now: Millis,
): Promise<{ readonly row: Row | null; readonly tidied: boolean }> {
  const { handle, owners } = parseDueMember(member)
  const all = [keys.row(handle), keys.due(handle), keys.all(handle)]
  const answer = await run(wire, CLAIM, all, [String(now), handle, member])
  const row = typeof answer === 'object' ? rowOf(handle, answer) : null
  if (member === handle || (row === null && Number(answer) === 1)) return { row, tidied: true }
  const tidied = await tidyIndex(wire, keys, { handle, owners, due: true }).then(
    () => true,
    () => false,
  )
  return { row, tidied }
}
