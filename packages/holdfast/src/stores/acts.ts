/**
 * What the acts of a store do to a row, as pure functions: for stores that compute in this process. A store on a database
 * says the same in the database's own language.
 */
import {
  type Ended,
  type Ending,
  type Millis,
  type Patch,
  REMEMBERED_OPS,
  type Row,
  type Summary,
} from '../engine/row.js'

/** The moment from which a row may leave. */
export function deadAt(row: Row): Millis {
  return row.ended === null ? row.expiresAt : row.ended.until
}

/** Whether a patch may change the row, its guards apart. */
export function isLive(row: Row, now: Millis): boolean {
  return row.ended === null && row.expiresAt > now
}

/** Whether every guard of the patch holds. */
export function isAllowed(row: Row, patch: Patch): boolean {
  if (patch.op !== undefined && row.ops.includes(patch.op)) return false
  if (patch.ifKeys !== undefined && patch.ifKeys !== row.keys) return false
  if (patch.keys !== undefined && patch.ifKeys === undefined) return false
  for (const [name, text] of patch.ifFields ?? []) if ((row.fields.get(name) ?? null) !== text) return false
  return true
}

/** The row after a patch that is allowed. */
export function patched(row: Row, patch: Patch): Row {
  return {
    handle: row.handle,
    kind: row.kind,
    user: row.user,
    link: row.link,
    facts: row.facts,
    keys: patch.keys ?? row.keys,
    fields: patchedFields(row.fields, patch),
    version: row.version + 1,
    seenAt: Math.max(row.seenAt, patch.seenAt ?? row.seenAt),
    expiresAt: Math.max(row.expiresAt, patch.expiresAt ?? row.expiresAt),
    ended: null,
    ops: patch.op === undefined ? row.ops : [...row.ops, patch.op].slice(-REMEMBERED_OPS),
  }
}

function patchedFields(fields: ReadonlyMap<string, string>, patch: Patch): ReadonlyMap<string, string> {
  if (patch.set === undefined && patch.unset === undefined) return fields
  const next = new Map(fields)
  for (const name of patch.unset ?? []) next.delete(name)
  for (const [name, text] of patch.set ?? []) next.set(name, text)
  return next
}

/** The tombstone's inscription after an act on a row that has this one; `null` = it is live. */
export function inscribed(ended: Ended | null, { op, reason, successor, until }: Ending): Ended {
  if (ended === null) return { reason, successor: successor ?? null, until, by: op }
  return {
    reason: ended.reason === 'superseded' ? reason : ended.reason,
    successor: ended.successor,
    until: Math.max(ended.until, until),
    by: ended.by,
  }
}

/** What `find` answers for the row. */
export function summary({ handle, user, link, facts, version, seenAt, expiresAt }: Row): Summary {
  return { handle, user, link, facts, version, seenAt, expiresAt }
}
