import type { Acts } from './acts.js'
import { HoldfastError } from './errors.js'
import type { DropReason } from './events.js'
import type { Change } from './fields.js'
import { type Intent, type Plan, patched, plan, type Terms } from './plan.js'
import type { Awaitable, Millis, Row } from './row.js'

/** How a write went. */
export type Written =
  | { readonly was: 'nothing' }
  | {
      readonly was: 'applied'
      /** The row that the write was planned from, or in which an earlier attempt was found carried out. */
      readonly row: Row
      /** What was sent; `null` where an earlier attempt turned out to have been carried out. */
      readonly plan: Extract<Plan, { act: 'patch' }> | null
      /** The row's version afterwards. */
      readonly version: number
    }
  | { readonly was: 'dropped'; readonly reason: DropReason }

/**
 * The one loop of every write: plan, act, and where the act was refused read the row afresh and plan again from what is
 * there. `changesOf` computes the changes from the row instead, at each attempt. It ends when the write is carried out, when
 * there is nothing to write to, or when its time is over.
 */
export async function write(
  acts: Acts,
  known: Row,
  intent: Intent,
  terms: Terms,
  now: () => Millis,
  patience: Millis,
  changesOf?: (row: Row) => Awaitable<readonly Change[]>,
): Promise<Written> {
  const started = performance.now()
  let row: Row | null = known
  for (;;) {
    const open = row !== null && row.ended === null && !row.ops.includes(intent.op)
    const asked = open && changesOf !== undefined ? { ...intent, changes: await changesOf(row as Row) } : intent
    const planned = plan(row, asked, terms, now())
    if (planned.act === 'nothing') return { was: 'nothing' }
    if (planned.act === 'dropped') return { was: 'dropped', reason: planned.reason }
    if (planned.act === 'applied') return { was: 'applied', row: row as Row, plan: null, version: (row as Row).version }
    const version = await acts.patch(known.handle, planned.patch)
    if (version !== null) return { was: 'applied', row: row as Row, plan: planned, version }
    if (performance.now() - started > patience) throw conflict()
    row = await acts.get(known.handle, true)
  }
}

/**
 * The row as it is known after a write, to a request that knew it as `known` when the answer came. Of two writes of one
 * request that were under way together, each tells only what it did itself.
 */
export function afterwards(known: Row, { row, plan, version }: Extract<Written, { was: 'applied' }>): Row {
  const newer = known.version > row.version ? known : row
  return plan === null ? newer : patched(newer, plan.patch, Math.max(newer.version, version))
}

/** What a write throws that was refused again and again until its time was over. */
function conflict(): HoldfastError {
  return new HoldfastError(
    'HOLDFAST_CONFLICT',
    'other requests kept changing the same field until the time for this write was over. Nothing was written; try again.',
  )
}
