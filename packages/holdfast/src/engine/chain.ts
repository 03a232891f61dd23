import type { Acts } from './acts.js'
import { parseFacts } from './facts.js'
import { newOp } from './random.js'
import type { Ended, EndReason, Millis, Row } from './row.js'

/** Tombstones outlive the slowest request. */
export const TOMBSTONE: Millis = 600_000

/** No chain of step-ups within a tombstone's life is longer; a bound, so that no state of a store makes an endless loop. */
const LONGEST = 1_000

/**
 * Ends a row and follows its successors: a request that is on its way to a successor, or has just been answered with one,
 * is signed out too. Only from rows that had a user, so that whoever planted a visitor's cookie cannot sign the victim out;
 * never into `except`, nor into a row that was stepped up from it. Answers the rows that this call ended.
 */
export async function endChain(
  acts: Acts,
  handle: string,
  reason: EndReason,
  now: () => Millis,
  except?: string,
): Promise<Row[]> {
  const ended: Row[] = []
  let next: string | null = handle
  for (let length = 0; next !== null && next !== except && length < LONGEST; length += 1) {
    const op = newOp()
    const row: Row | 'guarded' | null = await acts.end(next, { op, reason, until: now() + TOMBSTONE })
    if (row === null || row === 'guarded') break
    const tombstone = row.ended as Ended
    if (tombstone.by === op) ended.push(row)
    next = row.user === null ? null : tombstone.successor
  }
  return ended
}

/** Whether a row is `ancestor`, or was stepped up from it, directly or through rows between. */
export async function descends(
  acts: Acts,
  row: { readonly handle: string; readonly facts: string },
  ancestor: string,
): Promise<boolean> {
  if (row.handle === ancestor) return true
  let from = parseFacts(row.facts)?.from ?? null
  for (let length = 0; from !== null && length < LONGEST; length += 1) {
    if (from === ancestor) return true
    const between = await acts.get(from, true)
    from = between === null ? null : (parseFacts(between.facts)?.from ?? null)
  }
  return false
}
