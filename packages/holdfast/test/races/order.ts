import type { Row } from '../../src/engine/row.js'
import type { Sighting } from './recording.js'

/**
 * An order in which the store can have carried out what was seen: an act that was answered before another was asked for
 * comes first, and acts on one row come as its versions say, also where they were on the wire at once.
 *
 * Throws where there is none: the acts on some row were then not atomic.
 */
export function inOrder(sightings: readonly Sighting[]): readonly Sighting[] {
  const all = sightings.toSorted((a, b) => a.sent - b.sent)
  const places = all.map(placeOf)
  const precedes = (a: number, b: number): boolean => {
    const [one, other] = [all[a] as Sighting, all[b] as Sighting]
    if (one.answered < other.sent) return true
    const [place, next] = [places[a] ?? null, places[b] ?? null]
    return one.act.handle === other.act.handle && place !== null && next !== null && place < next
  }
  const waitsFor = all.map((_, b) => all.reduce((count, _, a) => (precedes(a, b) ? count + 1 : count), 0))
  const order: Sighting[] = []
  while (order.length < all.length) {
    const next = waitsFor.indexOf(0)
    if (next < 0) throw new Error(`the store has no order of acts on a row: ${all.flatMap(stuck(waitsFor)).join(', ')}`)
    order.push(all[next] as Sighting)
    waitsFor[next] = -1
    for (const [later, count] of waitsFor.entries()) if (count > 0 && precedes(next, later)) waitsFor[later] = count - 1
  }
  return order
}

const stuck =
  (waitsFor: readonly number[]) =>
  ({ act }: Sighting, at: number): string[] =>
    (waitsFor[at] ?? 0) > 0 ? [act.key] : []

/** Ended: the row's versions are over. */
const OVER = Number.MAX_SAFE_INTEGER

/** Where the answer says that an act stands among those on its row; `null` where it does not tell. */
function placeOf({ act: { call }, answer }: Sighting): number | null {
  switch (call.kind) {
    case 'create':
      return answer === true ? 2 : null
    case 'get':
      if (answer === null) return 0
      return isRow(answer) ? (answer.ended === null ? 2 * answer.version + 1 : OVER) : null
    case 'patch':
      return typeof answer === 'number' ? 2 * answer : null
    case 'end':
      if (!isRow(answer)) return null
      return answer.ended?.by === call.ending.op ? OVER - 1 : OVER
    default:
      return null
  }
}

function isRow(answer: unknown): answer is Row {
  return typeof answer === 'object' && answer !== null
}

/**
 * Whether two processes met: an act of each was on the wire at the same time, both on one row, and one of them to write it.
 */
export function haveMet(sightings: readonly Sighting[]): boolean {
  return sightings.some(
    (one) =>
      one.act.handle !== null &&
      one.act.call.kind !== 'get' &&
      sightings.some(
        (other) =>
          other.act.handle === one.act.handle &&
          other.act.process !== one.act.process &&
          one.sent < other.answered &&
          other.sent < one.answered,
      ),
  )
}
