import { expiresAt, judgeTime, type Lifetimes, touchDue } from '../policy/timeouts.js'
import { sameDigest } from './credential.js'
import { HoldfastError } from './errors.js'
import type { DropReason } from './events.js'
import { type Change, MOST_BYTES, MOST_FIELDS } from './fields.js'
import { formatKeys, type Keys, parseKeys } from './keys.js'
import { mergeTexts } from './merge.js'
import { makeDue, offer, turn } from './renewal.js'
import type { Millis, Patch, Row } from './row.js'

/** What a request wants written to the row that it holds. */
export interface Intent {
  /** Names the write, through all its attempts. */
  readonly op: string
  readonly changes: readonly Change[]
  /** Absent where this request may not be answered with a new secret. */
  readonly renewal?: {
    readonly every: Millis
    /** The hash of the secret that the request came with: only the current one is renewed. */
    readonly presented: string
    /** The hash of the secret to be offered. */
    readonly candidate: string
    /** `renew()` was called. */
    readonly wanted: boolean
  }
}

/** What is fixed about the row. */
export interface Terms {
  readonly createdAt: Millis
  readonly lifetimes: Lifetimes
}

/** What is to be done, decided from what the row is known to be. */
export type Plan =
  | { readonly act: 'nothing' }
  | {
      readonly act: 'patch'
      readonly patch: Patch
      /** Fields that another request had written since they were read: both changes are in what this patch writes. */
      readonly merged: readonly string[]
      /** Those among them in which both changed the same value. */
      readonly overlapped: readonly string[]
      /** The number of the secret that this patch offers; `null` if it offers none. */
      readonly offered: number | null
      /** The patch notes that six offers went unanswered. */
      readonly stalled: boolean
    }
  /** An earlier attempt of this very write was carried out. */
  | { readonly act: 'applied' }
  | { readonly act: 'dropped'; readonly reason: DropReason }

/** Plans a write to a row. A refused plan is made again from the row as it then is. */
export function plan(row: Row | null, intent: Intent, terms: Terms, now: Millis): Plan {
  if (row === null) return { act: 'dropped', reason: 'gone' }
  if (row.ops.includes(intent.op)) return { act: 'applied' }
  if (row.ended !== null) return { act: 'dropped', reason: row.ended.reason }
  if (judgeTime(terms.lifetimes, terms.createdAt, row.seenAt, now) !== 'live')
    return { act: 'dropped', reason: 'expired' }

  const fields = planFields(row, intent.changes)
  const keys = planKeys(row, intent.renewal, now)
  const writes = fields.patch !== null || keys !== null
  if (!writes && !touchDue(terms.lifetimes, row.seenAt, now)) return { act: 'nothing' }
  const patch: Draft = fields.patch ?? {}
  if (keys !== null) {
    patch.keys = formatKeys(keys.keys)
    patch.ifKeys = row.keys
  }
  if (writes) patch.op = intent.op
  patch.seenAt = now
  patch.expiresAt = expiresAt(terms.lifetimes, terms.createdAt, now)
  return {
    act: 'patch',
    patch,
    merged: fields.merged,
    overlapped: fields.overlapped,
    offered: keys?.offered ?? null,
    stalled: keys?.stalled ?? false,
  }
}

/** A patch that is being made. */
export type Draft = { -readonly [Name in keyof Patch]: Patch[Name] }

/** A field that was read is guarded by what is there now; where that is not what was read, the change is merged into it. */
export function planFields(
  row: Row,
  changes: readonly Change[],
): {
  readonly patch: Draft | null
  readonly merged: readonly string[]
  readonly overlapped: readonly string[]
} {
  if (changes.length === 0) return { patch: null, merged: [], overlapped: [] }
  const set = new Map<string, string>()
  const unset: string[] = []
  const ifFields = new Map<string, string | null>()
  const both: string[] = []
  const overlapped: string[] = []
  for (const { field, text, base } of changes) {
    const there = row.fields.get(field) ?? null
    let result = text
    if (base !== undefined) {
      ifFields.set(field, there)
      if (there !== base) {
        const merged = mergeTexts(base, text, there)
        result = merged.text
        both.push(field)
        if (merged.overlapped) overlapped.push(field)
        if (result === there) continue
      }
    }
    if (result === null) unset.push(field)
    else set.set(field, result)
  }
  checkSize(row.fields, set, unset)
  const patch: Draft = {}
  if (set.size > 0) patch.set = set
  if (unset.length > 0) patch.unset = unset
  if (ifFields.size > 0) patch.ifFields = ifFields
  return { patch, merged: both, overlapped }
}

function planKeys(
  row: Row,
  renewal: Intent['renewal'],
  now: Millis,
): { readonly keys: Keys; readonly offered: number | null; readonly stalled: boolean } | null {
  if (renewal === undefined) return null
  const parsed = parseKeys(row.keys)
  if (parsed === null || !sameDigest(parsed.current.hash, renewal.presented)) return null
  const keys = renewal.wanted ? makeDue(parsed) : parsed
  switch (turn(keys, renewal.every, now)) {
    case 'offer': {
      const offered = offer(keys, renewal.candidate, now)
      return { keys: offered.keys, offered: offered.number, stalled: false }
    }
    case 'stalled':
      return { keys: { ...keys, stalled: true }, offered: null, stalled: true }
    case 'not-yet':
      return keys === parsed || parsed.current.at === 0 ? null : { keys, offered: null, stalled: false }
  }
}

/** The row as it is after a patch that was applied. */
export function patched(row: Row, patch: Patch, version: number): Row {
  let fields = row.fields
  if (patch.set !== undefined || patch.unset !== undefined) {
    const changed = new Map(row.fields)
    for (const [field, text] of patch.set ?? []) changed.set(field, text)
    for (const field of patch.unset ?? []) changed.delete(field)
    fields = changed
  }
  return {
    handle: row.handle,
    kind: row.kind,
    user: row.user,
    link: row.link,
    facts: row.facts,
    keys: patch.keys ?? row.keys,
    fields,
    version,
    seenAt: Math.max(row.seenAt, patch.seenAt ?? 0),
    expiresAt: Math.max(row.expiresAt, patch.expiresAt ?? 0),
    ended: row.ended,
    ops: row.ops,
  }
}

/** Throws `HOLDFAST_TOO_LARGE` for a row of more than 512 fields or 4 MiB. What only removes fields is never too large. */
export function checkSize(
  fields: ReadonlyMap<string, string>,
  set: ReadonlyMap<string, string>,
  unset: readonly string[] = [],
): void {
  if (set.size === 0) return
  const stays = (field: string): boolean => !set.has(field) && !unset.includes(field)
  let count = set.size
  let units = 0
  for (const [field, text] of set) units += field.length + text.length
  for (const [field, text] of fields) {
    if (!stays(field)) continue
    count += 1
    units += field.length + text.length
  }
  // A UTF-16 unit takes at most three bytes of UTF-8, so most rows need no exact count.
  const all = (): [string, string][] => [...set, ...[...fields].filter(([field]) => stays(field))]
  if (count <= MOST_FIELDS && (units * 3 <= MOST_BYTES || bytes(all()) <= MOST_BYTES)) return
  throw new HoldfastError(
    'HOLDFAST_TOO_LARGE',
    `a session holds at most ${MOST_FIELDS} fields and ${MOST_BYTES} bytes. Keep what is larger in a database, and its key here.`,
  )
}

function bytes(fields: readonly (readonly [string, string])[]): number {
  return fields.reduce((sum, [field, text]) => sum + Buffer.byteLength(field) + Buffer.byteLength(text), 0)
}
