import { createHash } from 'node:crypto'
import type { Acts } from './acts.js'
import { newOp, randomText } from './random.js'
import type { Millis, Row } from './row.js'

/**
 * A fence is a record that changes at random with each revocation of a user or a link. Whoever creates a row for them
 * reads it before and after: if it has changed, a revocation came between, and the row is ended again.
 *
 * Its handle is the first 128 bits of SHA-256 over a fixed purpose and the name. Never keyed, so that every node finds it.
 */
export function fenceHandle(of: 'user' | 'link', name: string): string {
  return createHash('sha256').update(`holdfast fence ${of}\0${name}`).digest('base64url').slice(0, 22)
}

const FIELD = 'fence'

/** A fence lives this long from its last revocation: far longer than any sign-in takes. */
const LIFETIME: Millis = 86_400_000

/** What a fence is now; `null` where nothing was ever revoked. Always the primary's answer. */
export async function readFence(acts: Acts, handle: string, now: Millis): Promise<string | null> {
  const row = await acts.get(handle, true)
  return row === null || row.ended !== null || row.expiresAt <= now ? null : (row.fields.get(FIELD) ?? null)
}

/** Changes a fence: patch it, else create it, else again, until one of them was this call's own. */
export async function raiseFence(acts: Acts, handle: string, clock: () => Millis): Promise<void> {
  const op = newOp()
  const fields = new Map([[FIELD, randomText(16)]])
  for (;;) {
    const now = clock()
    const expiresAt = now + LIFETIME
    if ((await acts.patch(handle, { set: fields, expiresAt, op })) !== null) return
    const row = await acts.get(handle, true)
    if (row?.ops.includes(op)) return
    if (row === null || row.ended !== null || row.expiresAt <= now) {
      if (await acts.create(fence(handle, fields, expiresAt, now, op))) return
    }
  }
}

function fence(handle: string, fields: ReadonlyMap<string, string>, expiresAt: Millis, now: Millis, op: string): Row {
  return {
    handle,
    kind: 'record',
    user: null,
    link: null,
    facts: '1{}',
    // Random, so that of two first revocations only one can believe that it created the row.
    keys: `1${randomText(16)}`,
    fields,
    version: 1,
    seenAt: now,
    expiresAt,
    ended: null,
    // A late copy of the patch that found no row must not bring this value back over a later one.
    ops: [op],
  }
}
