/**
 * The session of express-session as fields, and back.
 *
 * A cookie with a `maxAge` has a new `expires` at every request. Were it stored as it is, requests beside each other would
 * all change one field; and which of them came last would decide. `expires` is therefore stored as `true` where it is
 * `originalMaxAge` after the row was last seen, which it is by the rules of express-session: the store takes the later of
 * two sights by itself.
 */
import type { Millis, Row } from '../../engine/row.js'
import { dataOf, isMillis, type Snapshot, snapshotOf, textsOf } from './snapshot.js'

/** The field that is express-session's own. */
export const COOKIE = 'cookie'

/** A cookie that is stored without its `expires`. */
type Counted = Record<string, unknown> & { readonly originalMaxAge: Millis }

/** A session that is about to be stored. `ttl`: how long it lasts if its cookie does not say. */
export function connectSnapshot(session: object, ttl: Millis, now: Millis): Snapshot {
  const fields = textsOf(session)
  const cookie = cookieOf(fields)
  const { expires, originalMaxAge } = cookie ?? {}
  const end = typeof expires === 'string' ? Date.parse(expires) : Number.NaN
  if (Number.isNaN(end)) return snapshotOf(fields, now, now + ttl)
  if (!isMillis(originalMaxAge)) return snapshotOf(fields, now, end)
  fields.set(COOKIE, JSON.stringify({ ...cookie, expires: true }))
  return snapshotOf(fields, end - originalMaxAge, end)
}

/** The session of a row, as it came in. */
export function connectData(row: Row, ttl: Millis): Record<string, unknown> {
  const data = dataOf(row.fields)
  const cookie = data[COOKIE]
  if (isObject(cookie) && isCounted(cookie)) cookie.expires = new Date(connectEnd(row, ttl)).toISOString()
  return data
}

/** When the session of a row is over. */
export function connectEnd(row: Row, ttl: Millis): Millis {
  const cookie = cookieOf(row.fields)
  if (cookie !== null && isCounted(cookie)) return row.seenAt + cookie.originalMaxAge
  return typeof cookie?.expires === 'string' ? Date.parse(cookie.expires) : row.seenAt + ttl
}

function isCounted(cookie: Record<string, unknown>): cookie is Counted {
  return cookie.expires === true && isMillis(cookie.originalMaxAge)
}

function cookieOf(fields: ReadonlyMap<string, string>): Record<string, unknown> | null {
  const text = fields.get(COOKIE)
  const cookie: unknown = text === undefined ? null : JSON.parse(text)
  return isObject(cookie) ? cookie : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
