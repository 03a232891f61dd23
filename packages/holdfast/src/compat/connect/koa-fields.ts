/**
 * The session of koa-session as fields, and back.
 *
 * koa-session writes a new `_expire` into a session whenever it saves one. It is stored as `true` where it is `_maxAge`
 * after the row was last seen, so that requests beside each other do not all change one field.
 */
import type { Millis, Row } from '../../engine/row.js'
import { dataOf, isMillis, type Snapshot, snapshotOf, textsOf } from './snapshot.js'

const EXPIRE = '_expire'
const MAX_AGE = '_maxAge'

/** A session that is about to be stored, for so long. */
export function koaSnapshot(session: object, lasts: Millis, now: Millis): Snapshot {
  const fields = textsOf(session)
  const { [EXPIRE]: expire, [MAX_AGE]: maxAge } = session as Readonly<Record<string, unknown>>
  if (!isMillis(expire) || !isMillis(maxAge)) return snapshotOf(fields, now, now + lasts)
  fields.set(EXPIRE, 'true')
  return snapshotOf(fields, expire - maxAge, now + lasts)
}

/** The session of a row, as it came in. */
export function koaData(row: Row): Record<string, unknown> {
  const data = dataOf(row.fields)
  const maxAge = data[MAX_AGE]
  if (data[EXPIRE] === true && isMillis(maxAge)) data[EXPIRE] = row.seenAt + maxAge
  return data
}
