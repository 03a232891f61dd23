import { HoldfastError } from './errors.js'
import { checkJson, decode, encode, freeze } from './json.js'

/** One field that a request changed. */
export interface Change {
  readonly field: string
  /** What it is now; `null` = removed. */
  readonly text: string | null
  /** What the request read it as; `null` = as absent, `undefined` = never read, so that it is simply set. */
  readonly base: string | null | undefined
}

/** A field that the request has touched. */
interface Touched {
  /** What the handler sees; `undefined` = absent. */
  value: unknown
  base: string | null | undefined
  /**
   * `read`, `frozen` and `hidden` cannot have changed; an `object` that was handed out may have, `assigned` has. What is
   * `hidden` is absent to the handler and stays in the row.
   */
  state: 'read' | 'frozen' | 'hidden' | 'object' | 'assigned'
  /** The handler was shown what the row holds. */
  shown: boolean
}

const NO_FIELDS: ReadonlyMap<string, string> = new Map()

/** No field name is longer, in bytes of UTF-8. */
const MOST_NAME_BYTES = 128
/** No row has more fields. */
export const MOST_FIELDS: number = 512
/** No row is larger, names and values together. */
export const MOST_BYTES: number = 4 * 1024 * 1024

/**
 * The fields of one session as one request sees them. A field is decoded when it is first touched; only what was decoded
 * to an object or array, or assigned, is encoded again and compared.
 */
export class Fields {
  #texts: ReadonlyMap<string, string>
  readonly #touched = new Map<string, Touched>()
  /** How many touched fields could have changed: nothing to encode and compare while it is 0. */
  #suspects = 0

  constructor(texts: ReadonlyMap<string, string> = NO_FIELDS) {
    this.#texts = texts
  }

  /** Whether something may have changed. Cheap; `changes` knows for certain. */
  get suspect(): boolean {
    return this.#suspects > 0
  }

  /** The value, decoded at the first touch. An object that is handed out is compared at the end. */
  get(field: string): unknown {
    const touched = this.#touched.get(field)
    if (touched !== undefined && touched.state !== 'frozen') return touched.value
    const text = touched === undefined ? this.#texts.get(field) : touched.base
    const value = text == null ? undefined : decode(text)
    this.#touch(field, { value, base: text ?? null, state: isObject(value) ? 'object' : 'read', shown: true })
    return value
  }

  /** The value, frozen: nothing to compare at the end. What the handler itself has changed is answered as it is now. */
  read(field: string): unknown {
    const touched = this.#touched.get(field)
    if (touched !== undefined) {
      const changeable = touched.state !== 'frozen' && isObject(touched.value)
      return changeable ? freeze(decode(encode(touched.value, field))) : touched.value
    }
    const text = this.#texts.get(field)
    const value = text === undefined ? undefined : freeze(decode(text))
    this.#touch(field, { value, base: text ?? null, state: isObject(value) ? 'frozen' : 'read', shown: true })
    return value
  }

  /** A copy of the value for looking at, as in a log: the field does not count as read. */
  peek(field: string): unknown {
    const text = this.text(field)
    return text === null ? undefined : decode(text)
  }

  /** Throws `HOLDFAST_NOT_JSON` for what JSON cannot hold, `HOLDFAST_NOT_DATA` for an impossible name. */
  set(field: string, value: unknown): void {
    if (value === undefined) {
      this.remove(field)
      return
    }
    checkName(field)
    checkJson(value, field)
    this.#assign(field, value)
  }

  remove(field: string): void {
    this.#assign(field, undefined)
  }

  has(field: string): boolean {
    const touched = this.#touched.get(field)
    return touched === undefined ? this.#texts.has(field) : touched.value !== undefined
  }

  names(): string[] {
    const names = [...this.#texts.keys()].filter((name) => this.has(name))
    for (const [name, touched] of this.#touched) {
      if (touched.value !== undefined && !this.#texts.has(name)) names.push(name)
    }
    return names
  }

  /** The fields of which the handler was shown what the row holds. */
  shownNames(): string[] {
    return [...this.#touched.keys()].filter((name) => this.#touched.get(name)?.shown)
  }

  /** Every field that the row has, or that the handler has touched, removed ones included. */
  everyName(): string[] {
    return [...new Set([...this.#texts.keys(), ...this.#touched.keys()])]
  }

  /** The text of a field as it is to be carried on: as the handler sees it, or what is hidden from it; `null` = absent. */
  text(field: string): string | null {
    const touched = this.#touched.get(field)
    if (touched === undefined) return this.#texts.get(field) ?? null
    if (touched.state === 'hidden') return touched.base ?? null
    return touched.value === undefined ? null : encode(touched.value, field)
  }

  /** The text that a field was read as; where it was never read, what the row had; `undefined` where it was blindly set. */
  base(field: string): string | null | undefined {
    const touched = this.#touched.get(field)
    return touched === undefined ? (this.#texts.get(field) ?? null) : touched.base
  }

  /** What has changed since it was read or last written. Throws `HOLDFAST_NOT_JSON` for what JSON cannot hold. */
  changes(): Change[] {
    if (this.#suspects === 0) return []
    const changes: Change[] = []
    for (const [field, touched] of this.#touched) {
      if (!isSuspect(touched)) continue
      const text = touched.value === undefined ? null : encode(touched.value, field)
      if (touched.base === undefined || text !== touched.base) changes.push({ field, text, base: touched.base })
    }
    return changes
  }

  /** Whether a field has changed since it was read or last written. Never throws: what cannot be written has changed. */
  hasChanged(field: string): boolean {
    const touched = this.#touched.get(field)
    if (touched === undefined || !isSuspect(touched)) return false
    try {
      return touched.base === undefined || this.text(field) !== touched.base
    } catch {
      return true
    }
  }

  /** The names of what has changed, also where it is nothing that could be written. Never throws. */
  changedNames(): string[] {
    return this.#suspects === 0 ? [] : [...this.#touched.keys()].filter((field) => this.hasChanged(field))
  }

  /** What was written is from now on what the handler's values are compared with. */
  written(changes: readonly Change[], texts: ReadonlyMap<string, string>): void {
    this.#texts = texts
    for (const { field, text } of changes) {
      const touched = this.#touched.get(field)
      if (touched === undefined) continue
      if (isObject(touched.value)) this.#touch(field, { ...touched, base: text, state: 'object' })
      else {
        // The handler may have assigned again while the write was under way: that is still to be written.
        this.#touch(field, { ...touched, base: text })
        if (!this.hasChanged(field)) this.#touch(field, { ...touched, base: text, state: 'read' })
      }
    }
  }

  /** Makes a field absent for this request; a write of it still meets what is there. */
  hide(field: string): void {
    this.#touch(field, { value: undefined, base: this.#texts.get(field) ?? null, state: 'hidden', shown: false })
  }

  /** Puts a value in place of one that does not fit any more, as a change of what was read. */
  mend(field: string, value: unknown): void {
    this.hide(field)
    this.set(field, value)
  }

  /** A field as it stands in the store after an act of its own. What the handler changed meanwhile is still to be written. */
  replace(field: string, texts: ReadonlyMap<string, string>): void {
    const touched = this.#touched.get(field)
    if (touched !== undefined && !this.hasChanged(field)) {
      if (isSuspect(touched)) this.#suspects -= 1
      this.#touched.delete(field)
    }
    this.#texts = texts
  }

  #assign(field: string, value: unknown): void {
    const before = this.#touched.get(field)
    this.#touch(field, { value, base: before?.base, state: 'assigned', shown: before?.shown ?? false })
  }

  #touch(field: string, touched: Touched): void {
    const before = this.#touched.get(field)
    if (before !== undefined && isSuspect(before)) this.#suspects -= 1
    if (isSuspect(touched)) this.#suspects += 1
    this.#touched.set(field, touched)
  }
}

function isSuspect(touched: Touched): boolean {
  return touched.state === 'object' || touched.state === 'assigned'
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** Throws `HOLDFAST_NOT_DATA` or `HOLDFAST_TOO_LARGE` for what no field can be called. */
export function checkName(field: string): void {
  if (field !== '' && field !== '__proto__' && (field.length <= 42 || Buffer.byteLength(field) <= MOST_NAME_BYTES))
    return
  throw new HoldfastError(
    field.length > 42 ? 'HOLDFAST_TOO_LARGE' : 'HOLDFAST_NOT_DATA',
    `a field's name is a string of 1 to ${MOST_NAME_BYTES} bytes other than __proto__. Choose another name.`,
  )
}
