/** How rows are written in the columns of the SQLite store. */
import type { Ended, Row, Summary } from '../engine/row.js'
import { fieldsOf } from './fields-text.js'
import { opsOf } from './op.js'

/** The columns of `find`. */
export interface SummaryColumns {
  readonly handle: string
  readonly user: string | null
  readonly link: string | null
  readonly facts: string
  readonly version: number
  readonly seen_at: number
  readonly expires_at: number
}

/** All columns. */
export interface RowColumns extends SummaryColumns {
  readonly kind: Row['kind']
  readonly keys: string
  readonly fields: string
  readonly ops: string
  readonly ended_reason: Ended['reason'] | null
  readonly successor: string | null
  readonly until: number | null
  readonly ended_by: string | null
}

/** What `find` answers of a row. */
export function summaryOf(columns: SummaryColumns): Summary {
  const { handle, user, link, facts, version, seen_at: seenAt, expires_at: expiresAt } = columns
  return { handle, user, link, facts, version, seenAt, expiresAt }
}

/** A row from its columns. */
export function rowOf(columns: RowColumns): Row {
  return {
    handle: columns.handle,
    kind: columns.kind,
    user: columns.user,
    link: columns.link,
    facts: columns.facts,
    keys: columns.keys,
    fields: fieldsOf(columns.fields),
    version: columns.version,
    seenAt: columns.seen_at,
    expiresAt: columns.expires_at,
    ended: endedOf(columns),
    ops: opsOf(columns.ops),
  }
}

function endedOf({ ended_reason: reason, successor, until, ended_by: by }: RowColumns): Ended | null {
  return reason === null || until === null || by === null ? null : { reason, successor, until, by }
}
