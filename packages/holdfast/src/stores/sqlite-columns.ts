/** How rows and patches are written in the columns of the SQLite store. */
import type { Ended, Patch, Row, Summary } from '../engine/row.js'
import { escapeName, unescapeName } from './field-name.js'

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

/** The width of an `op`: in their column they stand side by side. */
export const OP_WIDTH = 16

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

/** Field names and texts as a JSON object; `null` stands for a field that is absent. */
export function fieldsText(fields: ReadonlyMap<string, string | null>): string {
  const object: Record<string, string | null> = Object.create(null)
  for (const [name, text] of fields) object[escapeName(name)] = text
  return JSON.stringify(object)
}

/** What a patch does to the fields, for `json_patch`; `null` where it does nothing to them. */
export function changesText({ set, unset }: Patch): string | null {
  if (set === undefined && unset === undefined) return null
  const changes = new Map<string, string | null>()
  for (const name of unset ?? []) changes.set(name, null)
  for (const [name, text] of set ?? []) changes.set(name, text)
  return fieldsText(changes)
}

/** Throws where an `op` is not as wide as the contract says: it could not be found again. */
export function checkedOp(op: string): string {
  if (op.length === OP_WIDTH) return op
  throw new TypeError(`an op has ${OP_WIDTH} characters, this one ${op.length}`)
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const object: Record<string, string> = JSON.parse(text)
  const fields = new Map<string, string>()
  for (const [name, value] of Object.entries(object)) fields.set(unescapeName(name), value)
  return fields
}

function endedOf({ ended_reason: reason, successor, until, ended_by: by }: RowColumns): Ended | null {
  return reason === null || until === null || by === null ? null : { reason, successor, until, by }
}

function opsOf(text: string): readonly string[] {
  const ops: string[] = []
  for (let start = 0; start < text.length; start += OP_WIDTH) ops.push(text.slice(start, start + OP_WIDTH))
  return ops
}
