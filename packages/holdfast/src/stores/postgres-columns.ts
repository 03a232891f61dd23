/** How rows are written in the columns of the Postgres store. */
import type { Ended, Row, Summary } from '../engine/row.js'
import { fieldsOf } from './fields-text.js'
import { opsOf } from './op.js'

/** What `find` asks for, in the order in which {@link summaryOf} reads it. */
export const SUMMARY_COLUMNS = 'handle, user_id, link, facts, version, seen_at, expires_at'

/** All that is in a row, in the order in which {@link rowOf} reads it. */
export const ROW_COLUMNS: string = `${SUMMARY_COLUMNS}, kind, keys, fields::text, ops, ended_reason, successor, until, ended_by`

/**
 * What `find` answers of a row. Numbers are converted here: the drivers hand out a bigint as text, or as whatever the app
 * told them to.
 */
export function summaryOf(columns: readonly unknown[]): Summary {
  const [handle, user, link, facts, version, seenAt, expiresAt] = columns as [
    string,
    string | null,
    string | null,
    string,
    unknown,
    unknown,
    unknown,
  ]
  return {
    handle,
    user,
    link,
    facts,
    version: Number(version),
    seenAt: Number(seenAt),
    expiresAt: Number(expiresAt),
  }
}

/** A row from its columns. */
export function rowOf(columns: readonly unknown[]): Row {
  const [kind, keys, fields, ops, reason, successor, until, by] = columns.slice(7) as [
    Row['kind'],
    string,
    string,
    string,
    Ended['reason'] | null,
    string | null,
    unknown,
    string,
  ]
  const { handle, user, link, facts, version, seenAt, expiresAt } = summaryOf(columns)
  const ended = reason === null ? null : { reason, successor, until: Number(until), by }
  return {
    handle,
    kind,
    user,
    link,
    facts,
    keys,
    fields: fieldsOf(fields),
    version,
    seenAt,
    expiresAt,
    ended,
    ops: opsOf(ops),
  }
}
