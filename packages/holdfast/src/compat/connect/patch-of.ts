import type { Change } from '../../engine/fields.js'
import { planFields } from '../../engine/plan.js'
import type { Patch, Row } from '../../engine/row.js'

/** What a request changed in what it was given. */
export function changesBetween(bases: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): Change[] {
  const changes: Change[] = []
  for (const [field, text] of texts) {
    const base = bases.get(field) ?? null
    if (base !== text) changes.push({ field, text, base })
  }
  for (const [field, base] of bases) if (!texts.has(field)) changes.push({ field, text: null, base })
  return changes
}

/**
 * The patch that makes these changes to a row. What somebody else changed meanwhile is merged; each field that is written
 * must then still be what it was merged with. Without a change it is a sign of life, and has no `op`.
 *
 * Throws `HOLDFAST_TOO_LARGE` for what no row can hold.
 */
export function patchOf(
  row: Row,
  changes: readonly Change[],
  op: string,
  signs: Pick<Patch, 'seenAt' | 'expiresAt'>,
): Patch {
  const { patch } = planFields(row, changes)
  return patch === null ? signs : { ...patch, ...signs, op }
}
