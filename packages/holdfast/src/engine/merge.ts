/**
 * The three-way merge of one field: as if the change from `base` to `mine` had been made to `theirs`.
 *
 * Objects are merged by key, lists by their elements. Everything else is one value: where both changed it, mine stands,
 * for mine is the later one, and the merge says so.
 */
import { isTooDeep } from './json.js'
import { mergeLists } from './merge-lists.js'

/** A value of JSON. Where one may be absent, `undefined` says so. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The outcome of {@link merge}. */
export interface Merged {
  /** May share parts with what was merged. */
  readonly value: Json | undefined
  /** Both changed one value, be it to the same, and mine was taken. Never because of a list; nor where both deleted. */
  readonly overlapped: boolean
}

type JsonObject = { [key: string]: Json }

/**
 * Applies the change base → mine to theirs. `undefined` = absent.
 *
 * The keys of an object come in the order of theirs, then those that mine added. A value nested deeper than `encode`
 * stores is not looked into: mine stands, and `overlapped` is true.
 */
export function merge(base: Json | undefined, mine: Json | undefined, theirs: Json | undefined): Merged {
  if ([base, mine, theirs].some(isTooDeep)) return { value: mine, overlapped: true }
  return mergeValues(base, mine, theirs)
}

/** The same on a field's texts. `null` = absent. Throws a SyntaxError for what is not JSON. */
export function mergeTexts(
  base: string | null,
  mine: string | null,
  theirs: string | null,
): { readonly text: string | null; readonly overlapped: boolean } {
  if (mine === base) return { text: theirs, overlapped: false }
  if (theirs === base) return { text: mine, overlapped: false }
  const values = [parse(base), parse(mine), parse(theirs)] as const
  // Not merged, it is not encoded again either: what is too deep to be walked is too deep for that, too.
  if (values.some(isTooDeep)) return { text: mine, overlapped: mine !== null || theirs !== null }
  const { value, overlapped } = mergeValues(...values)
  return { text: value === undefined ? null : JSON.stringify(value), overlapped }
}

function parse(text: string | null): Json | undefined {
  return text === null ? undefined : JSON.parse(text)
}

function mergeValues(base: Json | undefined, mine: Json | undefined, theirs: Json | undefined): Merged {
  if (isObject(mine) && isObject(theirs) && (base === undefined || isObject(base))) {
    return mergeObjects(base ?? {}, mine, theirs)
  }
  if (Array.isArray(mine) && Array.isArray(theirs) && (base === undefined || Array.isArray(base))) {
    return { value: mergeLists(base ?? [], mine, theirs), overlapped: false }
  }
  if (isSame(base, mine)) return { value: theirs, overlapped: false }
  if (isSame(base, theirs)) return { value: mine, overlapped: false }
  return { value: mine, overlapped: mine !== undefined || theirs !== undefined }
}

function mergeObjects(base: JsonObject, mine: JsonObject, theirs: JsonObject): Merged {
  const value: JsonObject = {}
  let overlapped = false
  const mergeKey = (key: string) => {
    const merged = mergeValues(own(base, key), own(mine, key), own(theirs, key))
    if (merged.overlapped) overlapped = true
    if (merged.value !== undefined) put(value, key, merged.value)
  }
  for (const key of Object.keys(theirs)) mergeKey(key)
  for (const key of Object.keys(mine)) if (!Object.hasOwn(theirs, key)) mergeKey(key)
  return { value, overlapped }
}

/** Only what the object itself has: `constructor` is no key of an empty object. */
function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** JSON knows `__proto__` as a key like any other; an assignment to it would set the prototype. */
function put(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else object[key] = value
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
