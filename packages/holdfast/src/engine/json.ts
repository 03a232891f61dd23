/** What a field may hold, and how it becomes text and back. */
import { HoldfastError } from './errors.js'

/** A value in which objects and lists stand in each other deeper than this is refused. */
export const MOST_NESTING = 500

/** Why a value is not JSON. */
interface Fault {
  /** Follows the place: "is a symbol". */
  readonly problem: string
  readonly remedy: string
  /** The way to the place, from the innermost step to the outermost: it is noted on the way back. */
  readonly path: Step[]
}

interface Step {
  readonly outer: object
  readonly key: string | number
}

/**
 * The JSON text of a field's value. Properties that are `undefined` are left out, as JSON leaves them out.
 *
 * Throws `HOLDFAST_NOT_JSON` for everything that would not come back as it went in: dates, maps, class instances,
 * functions, NaN, holes in lists, cycles. The message names the place and the remedy, never a value.
 */
export function encode(value: unknown, field: string): string {
  checkJson(value, field)
  return JSON.stringify(value)
}

/** Throws what {@link encode} would, at a fraction of its cost. */
export function checkJson(value: unknown, field: string): void {
  const fault = findFault(value, 0)
  if (fault === null) return
  const { problem, remedy, path } = withoutRounds(fault)
  const place = [field, ...path.toReversed().map((step) => step.key)].map(showKey).join('').replace(/^\./, '')
  throw new HoldfastError('HOLDFAST_NOT_JSON', `the field ${place} ${problem}, which cannot be stored. ${remedy}`)
}

/** The value of a field's text. Throws `HOLDFAST_NOT_JSON` for a text that `encode` cannot have made. */
export function decode(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No cause is kept: the parser's own message quotes the text, and a field's value has no business in a log.
    throw new HoldfastError(
      'HOLDFAST_NOT_JSON',
      'a stored field is not JSON: something else wrote or damaged it. Delete the field, or end the session.',
    )
  }
}

/** Freezes a decoded value through and through, and answers it. */
export function freeze<T>(value: T): T {
  const rest: object[] = isObject(value) ? [value] : []
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    Object.freeze(next)
    for (const inner of Object.values(next)) if (isObject(inner)) rest.push(inner)
  }
  return value
}

/** Whether objects and lists stand in each other deeper than {@link MOST_NESTING}. Never overflows the stack. */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isObject)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MOST_NESTING) return true
    level = level.flatMap((outer) => Object.values(outer).filter(isObject))
  }
  return false
}

/** One walk, in the path of every write: it allocates nothing, and looks closely only where something is wrong. */
function findFault(value: unknown, depth: number): Fault | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null
    case 'number':
      return Number.isFinite(value) ? null : scalarFault(value)
    case 'object':
      break
    default:
      return scalarFault(value)
  }
  if (value === null) return null
  if (depth === MOST_NESTING) {
    return faultOf(
      `is nested deeper than ${MOST_NESTING} levels`,
      'Store a flat list whose elements name their parents.',
    )
  }
  return Array.isArray(value) ? faultInList(value, depth) : faultInObject(value as Record<string, unknown>, depth)
}

function faultInList(list: readonly unknown[], depth: number): Fault | null {
  if (!isPlainList(list)) return instanceFault(list)
  for (let key = 0; key < list.length; key += 1) {
    const value = list[key]
    if (typeof value === 'string') continue
    const fault = value === undefined ? missingFault(key in list) : findFault(value, depth + 1)
    if (fault === null) continue
    fault.path.push({ outer: list, key })
    return fault
  }
  return null
}

function faultInObject(object: Readonly<Record<string, unknown>>, depth: number): Fault | null {
  if (!isPlainObject(object)) return instanceFault(object)
  // With for…in the walk takes half the time. What somebody added to Object.prototype comes along, but is no fault.
  for (const key in object) {
    const value = object[key]
    if (typeof value === 'string' || value === undefined) continue
    const fault = findFault(value, depth + 1)
    if (fault === null || !Object.hasOwn(object, key)) continue
    fault.path.push({ outer: object, key })
    return fault
  }
  return null
}

/** Of any realm: an object's prototype is null or the root. */
function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Of any realm: a list's prototype is itself a list, one step from the root. */
function isPlainList(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Array.prototype || (Array.isArray(prototype) && isPlainObject(prototype))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function faultOf(problem: string, remedy: string, path: Step[] = []): Fault {
  return { problem, remedy, path }
}

function scalarFault(value: unknown): Fault {
  switch (typeof value) {
    case 'number':
      return faultOf(`is ${value}`, 'Store null, or a finite number.')
    case 'bigint':
      return faultOf('is a bigint', 'Store String(value).')
    case 'symbol':
      return faultOf('is a symbol', 'Store a string.')
    case 'function':
      return faultOf('is a function', 'Store what it works on, and leave the function in the code.')
    default:
      return faultOf('is undefined', 'Store null, or delete the field.')
  }
}

function missingFault(isThere: boolean): Fault {
  const problem = isThere ? 'is undefined inside a list' : 'is a hole in a list'
  return faultOf(problem, 'Store null in its place, or leave the element out.')
}

/** What to store instead of the objects that people try to store, by the name that the language itself gives them. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['Array', 'Store [...list].'],
  ['Boolean', 'Store the plain boolean.'],
  ['Date', 'Store date.toISOString(), or date.getTime().'],
  ['Error', 'Store its message.'],
  ['Map', 'Store Object.fromEntries(map).'],
  ['Number', 'Store the plain number.'],
  ['Promise', 'Await it first.'],
  ['RegExp', 'Store its source.'],
  ['Set', 'Store [...set].'],
  ['String', 'Store the plain string.'],
  ['URL', 'Store url.href.'],
  ['Uint8Array', "Store Buffer.from(bytes).toString('base64')."],
])

function instanceFault(value: object): Fault {
  const tag = Array.isArray(value) ? 'Array' : Object.prototype.toString.call(value).slice(8, -1)
  const name = Object.getPrototypeOf(value)?.constructor?.name
  const problem = typeof name === 'string' && name !== '' ? `is an instance of ${name}` : 'is not a plain object'
  return faultOf(problem, REMEDIES.get(tag) ?? 'Store a plain object, such as { ...value }.')
}

/** How many steps lead to what is too deep: enough to find it by. */
const MOST_STEPS = 8

/**
 * The walk of a cycle ends as too deep. A path on which an object stands twice is such a one, and is cut where it
 * returns.
 */
function withoutRounds(fault: Fault): Fault {
  if (fault.path.length < MOST_NESTING) return fault
  const objects = fault.path.map((step) => step.outer).toReversed()
  const again = objects.findIndex((object, index) => objects.indexOf(object) < index)
  if (again === -1) return faultOf(fault.problem, fault.remedy, fault.path.slice(-MOST_STEPS))
  return faultOf('contains itself', 'Store the name or number of the object instead.', fault.path.slice(-again))
}

/** No key of the data is shown longer than this. */
const MOST_CHARACTERS = 40

/** A step of a path. What is not a plain name is quoted, so that no key can break out of a line of a log. */
function showKey(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`
  const shown = key.length > MOST_CHARACTERS ? `${key.slice(0, MOST_CHARACTERS)}…` : key
  return /^[A-Za-z_$][\w$]*$/.test(shown) ? `.${shown}` : `[${JSON.stringify(shown)}]`
}
