/**
 * The three-way merge of lists, by counts: what both add stays, equal elements too, and removals hold. Of each element
 * there are in the end `theirs + mine - base`, or none. The time grows with the lengths of the lists, never with their
 * product.
 */

/** A list with its elements numbered: equal elements, by their JSON text, have the same number. */
interface Numbered<E> {
  readonly elements: readonly E[]
  readonly numbers: readonly number[]
}

/**
 * Applies the change base → mine to theirs.
 *
 * Where mine keeps the order of what it keeps of base, theirs is the list that is changed: what mine removed is taken
 * out; what mine added goes right behind the element that it follows in mine: to the start if it follows none, to the
 * end if nothing of base follows it (two pushes: theirs, then mine). Where mine has another order, mine is the list,
 * and the change base → theirs is applied to it in the same way.
 */
export function mergeLists<E>(base: readonly E[], mine: readonly E[], theirs: readonly E[]): E[] {
  const known = new Map<string, number>()
  const from = number(base, known)
  const [m, t] = [number(mine, known), number(theirs, known)]
  const kept = matchInOrder(from.numbers, m.numbers, known.size)
  if (kept !== null) return applyChange(from, m, kept, t)
  return applyChange(from, t, matchInOrder(from.numbers, t.numbers, known.size) ?? matchEqual(from, t), m)
}

function number<E>(elements: readonly E[], known: Map<string, number>): Numbered<E> {
  const numbers = elements.map((element) => {
    const text = JSON.stringify(element)
    const found = known.get(text)
    if (found !== undefined) return found
    known.set(text, known.size)
    return known.size - 1
  })
  return { elements, numbers }
}

/**
 * For each element of `to` its index in `from`, or -1 if it was added; `null` if what they share has another order in
 * `to`.
 *
 * Equal elements can be matched in several ways, and the first that is tried may end in an impasse. Two are tried:
 * where it could be either, that the one in `from` was removed, or that the one in `to` was added. One of the two fits
 * after a splice, a push with a shift, or an unshift with a pop. An impasse in both costs an odd order, never an
 * element.
 */
function matchInOrder(from: readonly number[], to: readonly number[], size: number): number[] | null {
  return matchGreedily(from, to, size, 'removed') ?? matchGreedily(from, to, size, 'added')
}

function matchGreedily(
  from: readonly number[],
  to: readonly number[],
  size: number,
  preferred: 'removed' | 'added',
): number[] | null {
  // How many of each number were removed (above 0) or added (below 0), and are not accounted for yet.
  const due = new Array<number>(size).fill(0)
  for (const n of from) due[n] = (due[n] ?? 0) + 1
  for (const n of to) due[n] = (due[n] ?? 0) - 1
  const matched: number[] = []
  let at = 0
  while (at < from.length || matched.length < to.length) {
    const was = from[at] ?? -1
    const is = to[matched.length] ?? -1
    const removed = due[was] ?? 0
    const added = due[is] ?? 0
    if (was === is) {
      matched.push(at)
      at += 1
    } else if (removed > 0 && (preferred === 'removed' || added >= 0)) {
      due[was] = removed - 1
      at += 1
    } else if (added < 0) {
      due[is] = added + 1
      matched.push(-1)
    } else return null
  }
  return matched
}

/**
 * For each element of `to` an index in `from`: the first of equal ones is the first there, and so on; -1 where there is
 * none.
 */
function matchEqual(from: Numbered<unknown>, to: Numbered<unknown>): number[] {
  const places = new Map<number, number[]>()
  for (const [index, n] of from.numbers.entries()) append(places, n, index)
  const used = new Map<number, number>()
  return to.numbers.map((n) => {
    const count = used.get(n) ?? 0
    used.set(n, count + 1)
    return places.get(n)?.[count] ?? -1
  })
}

/** Applies the change base → changed to a list. `kept` has for each element of changed its index in base, or -1. */
function applyChange<E>(base: Numbered<E>, changed: Numbered<E>, kept: readonly number[], list: Numbered<E>): E[] {
  const places = matchEqual(list, base)
  const gone = findRemoved(base, new Set(kept), places, list)
  const behind = new Map<number, E[]>()
  const atEnd: E[] = []
  const lastKept = kept.findLastIndex((origin) => origin !== -1)
  let place = -1
  for (const [index, element] of changed.elements.entries()) {
    const origin = kept[index] ?? -1
    const found = places[origin] ?? -1
    if (origin === -1 && index > lastKept) atEnd.push(element)
    else if (origin === -1) append(behind, place, element)
    else if (found !== -1) place = found
  }
  const merged = [...(behind.get(-1) ?? [])]
  for (const [index, element] of list.elements.entries()) {
    if (!gone.has(index)) merged.push(element)
    for (const added of behind.get(index) ?? []) merged.push(added)
  }
  for (const added of atEnd) merged.push(added)
  return merged
}

/** The indices of the elements of a list that the change base → changed takes out of it. */
function findRemoved(
  base: Numbered<unknown>,
  kept: ReadonlySet<number>,
  places: readonly number[],
  list: Numbered<unknown>,
): Set<number> {
  const gone = new Set<number>()
  // A removed element that has no place in the list takes an equal one with it, where one is left: the counts rule.
  const owed = new Map<number, number>()
  for (const [index, n] of base.numbers.entries()) {
    const place = places[index] ?? -1
    if (kept.has(index)) continue
    if (place !== -1) gone.add(place)
    else owed.set(n, (owed.get(n) ?? 0) + 1)
  }
  for (let index = list.numbers.length - 1; owed.size > 0 && index >= 0; index -= 1) {
    const n = list.numbers[index] ?? -1
    const count = owed.get(n) ?? 0
    if (count === 0 || gone.has(index)) continue
    gone.add(index)
    owed.set(n, count - 1)
  }
  return gone
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
