import type { Index } from '../engine/row.js'
import { type Act, type Conflicts, writes } from './act.js'

/**
 * Whether two acts may not change places. Acts that may give the same answers and leave the same store in either order, so
 * that of all the orders which differ only in such places one stands for the rest.
 *
 * - Acts of one thread never change places.
 * - Acts on one row do only where neither writes.
 * - `find` does not with a write that could change its answer, `sweep` with nothing but moments.
 * - A moment does not where it says so.
 *
 * A law may compare the order only of acts that may not change places: of others it sees one order out of several.
 */
export function dependent(a: Act, b: Act): boolean {
  if (a.thread === b.thread) return true
  if (a.idle || b.idle) return false
  if (a.call.kind === 'moment') return a.call.conflicts(b) || (b.call.kind === 'moment' && b.call.conflicts(a))
  if (b.call.kind === 'moment') return b.call.conflicts(a)
  if (a.call.kind === 'sweep' || b.call.kind === 'sweep') return true
  if (a.call.kind === 'find') return finds(a.call.index, b)
  if (b.call.kind === 'find') return finds(b.call.index, a)
  return a.handle === b.handle && (writes(a) || writes(b))
}

/** Whether what a search answers can differ with an act. A record, and a row that nobody has asked for yet, is not found. */
function finds(index: Index, act: Act): boolean {
  if (!writes(act) || act.found === null) return false
  if ('all' in index) return true
  return 'user' in index ? act.found.user === index.user : act.found.link === index.link
}

/** What a moment conflicts with unless told otherwise: every other moment, and every write on a session's row. */
export const allMomentsAndWrites: Conflicts = (act) =>
  act.call.kind === 'moment' || (writes(act) && (act.found !== null || act.call.kind === 'sweep'))
