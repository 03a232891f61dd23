/**
 * How a row is written in a hash. Each element of a reply costs, so the numbers share one field:
 *
 * | field | holds |
 * | --- | --- |
 * | `m` | kind (`s` or `r`), version, seenAt, expiresAt, then the newest `op`s, oldest first; a space between them |
 * | `k` | `keys` |
 * | `a` | `facts` |
 * | `i` | user and link as JSON, `["ada",null]`; absent where the row has neither |
 * | `e` | only in a tombstone: reason, until, by, and the successor if there is one |
 * | `:name` | a field of data; the name escaped, see `field-name.ts` |
 */
import type { Ended, EndReason, Row, Summary } from '../engine/row.js'
import { escapeName, unescapeName } from './field-name.js'
import { checkedOp } from './op.js'
import { ownersOf, ownersText } from './redis-keys.js'

const COLON = 58

/** The name under which a field of data stands in the hash. */
export function fieldName(name: string): string {
  return `:${escapeName(name)}`
}

/** The field `m` of a new row. */
function numbersText({ kind, version, seenAt, expiresAt, ops }: Row): string {
  const numbers = `${kind === 'session' ? 's' : 'r'} ${version} ${seenAt} ${expiresAt}`
  return ops.length === 0 ? numbers : `${numbers} ${ops.map(checkedOp).join(' ')}`
}

/** The hash of a new row: names and values by turns. */
export function hashOf(row: Row): string[] {
  const hash = ['m', numbersText(row), 'k', row.keys, 'a', row.facts]
  const owners = ownersText(row)
  if (owners !== '') hash.push('i', owners)
  for (const [name, text] of row.fields) hash.push(fieldName(name), text)
  return hash
}

/** The row from what HGETALL answers; `null` where there is none. */
export function rowOf(handle: string, reply: unknown): Row | null {
  const hash = pairs(reply)
  const fields = new Map<string, string>()
  let [m, k, a] = ['', '', '']
  let i: string | null = null
  let e: string | null = null
  for (let at = 0; at < hash.length; at += 2) {
    const name = hash[at] as string
    const value = hash[at + 1] as string
    if (name.charCodeAt(0) === COLON) fields.set(unescapeName(name.slice(1)), value)
    else if (name === 'm') m = value
    else if (name === 'k') k = value
    else if (name === 'a') a = value
    else if (name === 'i') i = value
    else if (name === 'e') e = value
  }
  if (m === '') return null
  const [kind, version, seenAt, expiresAt, ...ops] = m.split(' ') as [string, string, string, string, ...string[]]
  const { user, link } = ownersOf(i)
  return {
    handle,
    kind: kind === 's' ? 'session' : 'record',
    user,
    link,
    facts: a,
    keys: k,
    fields,
    version: Number(version),
    seenAt: Number(seenAt),
    expiresAt: Number(expiresAt),
    ended: e === null ? null : endedOf(e),
    ops,
  }
}

/** The fields of which {@link sessionOf} judges. */
export const SUMMARY_FIELDS = ['m', 'e', 'i', 'a'] as const

/** What `find` answers of a row, from its {@link SUMMARY_FIELDS}; `null` unless it is a session that was not ended. */
export function sessionOf(handle: string, reply: unknown): Summary | null {
  const [m, e, i, a] = reply as (string | null)[]
  if (typeof m !== 'string' || !m.startsWith('s') || typeof e === 'string') return null
  const [, version, seenAt, expiresAt] = m.split(' ').map(Number) as [number, number, number, number]
  return { handle, ...ownersOf(i), facts: a ?? '', version, seenAt, expiresAt }
}

function endedOf(text: string): Ended {
  const [reason, until, by, successor] = text.split(' ') as [EndReason, string, string, string?]
  return { reason, successor: successor ?? null, until: Number(until), by }
}

/** A client that is set to RESP3 may answer a map where all others answer names and values by turns. */
function pairs(reply: unknown): readonly string[] {
  if (Array.isArray(reply)) return reply
  if (reply instanceof Map) return [...reply].flat()
  return Object.entries(reply as Record<string, string>).flat()
}
