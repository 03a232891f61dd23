import { HoldfastError } from './errors.js'
import type { Fields } from './fields.js'

/** What `data` asks of the request that it belongs to. Each may throw a coded error. */
export interface DataGuard {
  /** Before anything is read. */
  look(): void
  /** Before an object is handed out, so that what happens to it is seen before the first byte leaves. */
  lend(): void
  /** Before anything is assigned or removed. */
  change(): void
}

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** One Proxy over all fields: a field costs nothing until it is touched, and accessors for each would cost more. */
export function dataOf(fields: Fields, guard: DataGuard): object {
  return new Proxy<object>(new DataTarget(fields, guard), HANDLER)
}

/** The Proxy's target. It holds no field itself; `util.inspect` looks past a Proxy and finds this. */
class DataTarget {
  readonly #fields: Fields
  readonly #guard: DataGuard

  constructor(fields: Fields, guard: DataGuard) {
    this.#fields = fields
    this.#guard = guard
  }

  static fields(target: object): Fields {
    return (target as DataTarget).#fields
  }

  static guard(target: object): DataGuard {
    return (target as DataTarget).#guard
  }

  /** Every field, decoded, without counting as touched. */
  snapshot(): Record<string, unknown> {
    this.#guard.look()
    const values: Record<string, unknown> = Object.create(null)
    for (const name of this.#fields.names()) values[name] = this.#fields.peek(name)
    return values
  }

  [INSPECT](): unknown {
    // `util.inspect` finds this on the target and calls it on the Proxy, whose own answer under this name is the one below.
    return #fields in this ? this.snapshot() : (this as DataTarget)[INSPECT]()
  }
}

const HANDLER: ProxyHandler<object> = {
  get(target, name) {
    if (typeof name === 'symbol') return name === INSPECT ? () => snapshotOf(target) : undefined
    const guard = DataTarget.guard(target)
    guard.look()
    const fields = DataTarget.fields(target)
    const value = fields.get(name)
    if (typeof value === 'object' && value !== null) guard.lend()
    else if (value === undefined && name === 'toJSON') return () => snapshotOf(target)
    return value
  },
  set(target, name, value) {
    DataTarget.guard(target).change()
    DataTarget.fields(target).set(nameOf(name), value)
    return true
  },
  deleteProperty(target, name) {
    if (typeof name === 'symbol') return true
    DataTarget.guard(target).change()
    DataTarget.fields(target).remove(name)
    return true
  },
  has(target, name) {
    if (typeof name === 'symbol') return false
    DataTarget.guard(target).look()
    return DataTarget.fields(target).has(name)
  },
  ownKeys(target) {
    DataTarget.guard(target).look()
    return DataTarget.fields(target).names()
  },
  getOwnPropertyDescriptor(target, name) {
    if (typeof name === 'symbol' || !DataTarget.fields(target).has(name)) return undefined
    return { value: HANDLER.get?.(target, name, target), writable: true, enumerable: true, configurable: true }
  },
  defineProperty(target, name, descriptor) {
    if (!('value' in descriptor)) {
      throw new HoldfastError('HOLDFAST_NOT_JSON', `a getter cannot be kept in a session. Assign the value itself.`)
    }
    DataTarget.guard(target).change()
    DataTarget.fields(target).set(nameOf(name), descriptor.value)
    return true
  },
  getPrototypeOf: () => null,
  setPrototypeOf: () => false,
  preventExtensions: () => false,
}

function snapshotOf(target: object): unknown {
  return (target as DataTarget).snapshot()
}

function nameOf(name: string | symbol): string {
  if (typeof name === 'string') return name
  throw new HoldfastError('HOLDFAST_NOT_DATA', 'a symbol cannot name a field. Use a string.')
}
