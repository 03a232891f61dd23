/**
 * Our methods, laid once beneath all responses of one Express.
 *
 * Express gives each response the prototype of its app, after which V8 makes a hidden class for every own property: four
 * methods on each response cost as much as all cryptography (measured on Node 20; the bench watches it). So they stand where
 * Express' own `send` and `json` stand, and ask each response whether it is held. Node's own prototypes are nobody's to
 * change: responses of other frameworks are overlaid one by one.
 */
import { ServerResponse } from 'node:http'
import { type Call, type Held, HOLD, type Inherited, type Laid } from './overlay.js'

/** Where it is found from any response that inherits our methods. */
const BENEATH: unique symbol = Symbol('holdfast.beneath')

type Methods = Readonly<Record<Laid, Call>>

/** Methods of ours that responses inherit, and what they stand on. */
class Beneath implements Inherited {
  readonly ours: Methods
  readonly #base: object
  /** What others had put on the prototype before us. */
  readonly #before: ReadonlyMap<Laid, Call>

  constructor(base: object, ours: Methods, before: ReadonlyMap<Laid, Call>) {
    this.#base = base
    this.ours = ours
    this.#before = before
  }

  method(name: Laid): Call {
    return this.#before.get(name) ?? (Object.getPrototypeOf(this.#base) as Held)[name]
  }

  /** Whether a response has ended, as it is known without us. */
  ended(res: Held): boolean {
    return Reflect.get(Object.getPrototypeOf(this.#base), 'writableEnded', res) === true
  }
}

/** Lays methods beneath this response and all others of its Express. Does nothing where that was done, or is no Express. */
export function layBeneath(response: ServerResponse, methods: Methods): void {
  if (BENEATH in response) return
  const base = baseOf(response)
  if (base === null || !Object.isExtensible(base)) return
  const names = Object.keys(methods) as Laid[]
  const before = new Map(names.filter((name) => Object.hasOwn(base, name)).map((name) => [name, (base as Held)[name]]))
  const ours = Object.fromEntries(names.map((name) => [name, inherited(name, methods[name])])) as Record<Laid, Call>
  for (const name of names) lay(base, name, { value: ours[name], writable: true })
  lay(base, 'writableEnded', { get: writableEnded })
  lay(base, BENEATH, { value: new Beneath(base, ours, before) })
}

/** What a response inherits of ours; `null` where it inherits nothing, or somebody has put a method of their own above it. */
export function inheritedBy(res: Held): Inherited | null {
  const found = beneath(res)
  if (found === undefined) return null
  const { ours } = found
  const isBare =
    res.end === ours.end &&
    res.write === ours.write &&
    res.writeHead === ours.writeHead &&
    res.flushHeaders === ours.flushHeaders
  return isBare ? found : null
}

/** Whether a response still inherits our methods: its prototype may have been set again. */
export function inheritsFrom(res: Held): boolean {
  return BENEATH in res
}

/** The last prototype before Node's own: the one that the apps of one Express have in common. */
function baseOf(response: ServerResponse): object | null {
  let base: object = response
  for (;;) {
    const up: object | null = Object.getPrototypeOf(base)
    if (up === null) return null
    if (up === ServerResponse.prototype) return base === response ? null : base
    base = up
  }
}

function beneath(res: object): Beneath | undefined {
  return (res as { readonly [BENEATH]?: Beneath })[BENEATH]
}

function lay(base: object, name: PropertyKey, property: PropertyDescriptor): void {
  Object.defineProperty(base, name, { configurable: true, ...property })
}

function inherited(name: Laid, ours: Call): Call {
  return function (...args) {
    if (this[HOLD]?.inherited) return ours.apply(this, args)
    return (beneath(this) as Beneath).method(name).apply(this, args)
  }
}

function writableEnded(this: Held): boolean {
  return this[HOLD]?.endHeld === true || (beneath(this) as Beneath).ended(this)
}
