import { type Lifetimes, moments, touchDue } from '../policy/timeouts.js'
import { type Binding, bear } from './birth.js'
import { hashSecret, newSecret } from './credential.js'
import { dataOf } from './data.js'
import type { Engine, Scheme } from './engine.js'
import { HoldfastError } from './errors.js'
import type { DropReason } from './events.js'
import type { Facts } from './facts.js'
import { type Change, Fields } from './fields.js'
import { FieldsGuard } from './fields-guard.js'
import { parseKeys } from './keys.js'
import type { Intent } from './plan.js'
import { newOp } from './random.js'
import { refusalOf } from './refusal.js'
import { isYoung, turn } from './renewal.js'
import type { Awaitable, Row } from './row.js'
import type { Lane, Presented, Realm } from './transport.js'
import type { Answer, Arrival, Exchange, Refusal, Wire } from './wire.js'
import { afterwards, type Written, write } from './write.js'

/** What became of pending changes. */
export type Committed = 'applied' | 'dropped' | 'nothing'

/** One request and its answer: what it holds, what it changed, which cookies it is answered with. */
export class Visit<S = unknown> implements Exchange<S> {
  readonly engine: Engine
  readonly arrival: Arrival
  readonly scheme: Scheme
  readonly lane: Lane
  readonly presented: Presented
  readonly session: S
  binding: Binding | null = null
  fields: Fields = new Fields()
  /** A cookie came that could not be judged: nothing may be created in its place. */
  unresolved = false
  /** `renew()` was called. */
  renewal = false
  /** The fields that this request wrote, each with whether it was merged with what another request had written. */
  wrote: Map<string, boolean> | null = null
  readonly #wire: Wire | undefined
  readonly #cookies = new Map<Realm, string>()
  #data: object | null = null
  /** A write whose outcome is not known is sent again under its own name, so that it counts once. */
  #unknown: { readonly op: string; readonly changes: readonly Change[] } | null = null
  #armed = false
  #looked = false
  /** The answer has begun to be settled: what would still need a cookie comes too late. */
  #sealed = false
  #refused = false
  #tail: Promise<unknown> | null = null

  constructor(
    engine: Engine,
    arrival: Arrival,
    wire: Wire | undefined,
    way: { readonly scheme: Scheme; readonly lane: Lane; readonly presented: Presented },
    sessionOf: (visit: Visit<S>) => S,
  ) {
    this.engine = engine
    this.arrival = arrival
    this.scheme = way.scheme
    this.lane = way.lane
    this.presented = way.presented
    this.#wire = wire
    this.session = sessionOf(this)
  }

  /** The fields as a plain object, as far as the handler can tell. */
  get data(): object {
    this.#data ??= dataOf(this.fields, new FieldsGuard(this, this.fields))
    return this.#data
  }

  /** From now on the request holds this row, or none. What was taken from the one before cannot be used any more. */
  bind(binding: Binding | null, fields: Fields = new Fields(binding?.row.fields)): void {
    this.binding = binding
    if (fields === this.fields) return
    this.fields = fields
    this.#data = null
  }

  /** Whether something is to be written or said that no handler asked for: a touch, a new secret, a newer key. */
  #due(): boolean {
    const { binding } = this
    if (binding === null) return false
    return (
      touchDue(binding.lifetimes, binding.row.seenAt, this.engine.now()) ||
      this.#reissued() !== null ||
      this.#mayOffer(binding)
    )
  }

  /** Something may have to be written: the answer is held. */
  arm(): void {
    if (this.#armed) return
    this.#armed = true
    this.#wire?.arm()
  }

  /** The handler looked at the session. */
  look(): void {
    if (this.#looked || this.binding === null) return
    this.#looked = true
  }

  /** Throws before anything that would need a cookie which cannot be sent any more, or not over this connection. */
  mayGive(what: string): void {
    if (this.lane.insecure !== null) throw new HoldfastError('HOLDFAST_INSECURE', `${what} needs ${this.lane.insecure}`)
    if (this.#sealed || this.#wire?.sent()) {
      throw new HoldfastError(
        'HOLDFAST_HEADERS_SENT',
        `${what} needs a cookie, but the head of the answer has been sent. Do it before the first write, and await it.`,
      )
    }
  }

  /** Hands the client a credential of the row, in place of any cookie line that was decided before. */
  give(realm: Realm, row: Row, lifetimes: Lifetimes, facts: Facts, credential: string): void {
    const { absolute } = moments(lifetimes, facts.createdAt, row.seenAt)
    const left = absolute === null ? null : absolute - this.engine.now()
    this.#cookies.set(this.#line(realm), this.lane.give(realm, credential, left))
  }

  clear(realm: Realm): void {
    this.#cookies.set(this.#line(realm), this.lane.clear(realm))
  }

  /** One at a time: of two acts of one request the second sees what the first has done. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#tail === null ? task() : this.#tail.then(task)
    const tail: Promise<unknown> = run.then(
      () => this.#rest(tail),
      () => this.#rest(tail),
    )
    this.#tail = tail
    return run
  }

  /** The acts of this request that have begun; never rejects. `null`: none. */
  get underWay(): Promise<unknown> | null {
    return this.#tail
  }

  /** What is known of the row after a write that was carried out. */
  learn(binding: Binding, written: Extract<Written, { was: 'applied' }>): Row {
    binding.row = afterwards(binding.row, written)
    if (written.plan === null) return binding.row
    const { patch, merged } = written.plan
    for (const field of patch.set?.keys() ?? []) this.#note(field, merged)
    for (const field of patch.unset ?? []) this.#note(field, merged)
    return binding.row
  }

  #note(field: string, merged: readonly string[]): void {
    this.wrote ??= new Map()
    this.wrote.set(field, merged.includes(field) || this.wrote.get(field) || false)
  }

  /** Writes what has changed. `offer`: the answer can still carry a new secret. */
  async flush(offer: boolean): Promise<Committed> {
    const changes = this.fields.changes()
    return this.binding === null ? this.#firstWrite(changes, offer) : this.#write(this.binding, changes, offer)
  }

  /** Changes that cannot be written are let go, and said. */
  drop(fields: readonly string[], reason: DropReason): void {
    if (fields.length === 0) return
    const row = this.binding?.row
    const about = { at: this.engine.now(), handle: row?.handle ?? null, user: row?.user ?? null }
    this.engine.events.emit('dropped', { ...about, fields, reason })
    this.engine.trace?.(`dropped ${fields.length} field(s): ${reason}`)
  }

  settle(): Awaitable<Answer | Refusal> {
    try {
      if (this.#tail === null && !this.fields.suspect && !this.renewal && !this.#due()) return this.#answer()
    } catch (error) {
      return this.#refuse(error)
    }
    return this.exclusive(async () => {
      this.#sealed = true
      try {
        await this.flush(true)
        return this.#answer()
      } catch (error) {
        return this.#refuse(error)
      }
    })
  }

  finish(): Awaitable<void> {
    if (this.#refused || (this.#tail === null && !this.fields.suspect)) return
    return this.exclusive(async () => {
      try {
        await this.flush(false)
      } catch (error) {
        this.engine.trace?.(`a write after the first byte failed: ${coded(error).code}`)
        this.drop(this.fields.changedNames(), 'failed')
      }
    })
  }

  async #firstWrite(changes: readonly Change[], settling: boolean): Promise<Committed> {
    const fields = new Map<string, string>()
    for (const { field, text } of changes) if (text !== null) fields.set(field, text)
    if (fields.size === 0) return 'nothing'
    if (this.unresolved) {
      this.fields.written(changes, new Map())
      this.drop([...fields.keys()], 'unresolved')
      return 'dropped'
    }
    if (!settling) this.mayGive('the first write of a visitor')
    const { binding, credential } = await bear(this, 'visitor', { user: null, fields })
    this.wrote = new Map([...fields.keys()].map((field) => [field, false]))
    this.fields.written(changes, fields)
    this.bind(binding, this.fields)
    this.give('visitor', binding.row, binding.lifetimes, binding.facts, credential)
    return 'applied'
  }

  async #write(binding: Binding, changes: readonly Change[], offer: boolean): Promise<Committed> {
    const { engine } = this
    const secret = offer && this.#mayOffer(binding) ? newSecret() : null
    const candidate = secret === null ? '' : hashSecret(secret)
    const again = this.#unknown
    const intent: Intent = {
      op: again?.op ?? newOp(),
      changes,
      ...(secret === null ? {} : { renewal: this.#renewalOf(binding, candidate) }),
    }
    const terms = { createdAt: binding.facts.createdAt, lifetimes: binding.lifetimes }
    try {
      const written = await write(engine.acts, binding.row, intent, terms, engine.now, engine.patience)
      this.#unknown = null
      if (written.was === 'nothing') return 'nothing'
      if (again !== null && written.was === 'applied' && written.plan === null) {
        this.fields.written(again.changes, this.learn(binding, written).fields)
        const rest = await this.#write(binding, this.fields.changes(), offer)
        return rest === 'nothing' ? 'applied' : rest
      }
      if (written.was === 'dropped') {
        this.fields.written(changes, binding.row.fields)
        this.drop(
          changes.map((change) => change.field),
          written.reason,
        )
        return changes.length > 0 ? 'dropped' : 'nothing'
      }
      this.renewal = false
      const row = this.learn(binding, written)
      this.fields.written(changes, row.fields)
      const about = { at: engine.now(), handle: row.handle, user: row.user }
      for (const field of written.plan?.overlapped ?? []) engine.events.emit('overlapped', { ...about, field })
      if (written.plan?.stalled) engine.events.emit('stalled', { ...about, action: 'report' })
      const offered = secret === null ? undefined : parseKeys(row.keys)?.offers.find((o) => o.hash === candidate)
      if (offered !== undefined && secret !== null) {
        const text = this.lane.codec(binding.realm).issue(row.handle, offered.number, secret)
        this.give(binding.realm, row, binding.lifetimes, binding.facts, text)
        engine.trace?.(`offered secret ${offered.number}`)
      }
      return changes.length > 0 ? 'applied' : 'nothing'
    } catch (error) {
      // A touch or an offer that could not be written takes nothing from the request: it will be due again.
      if (changes.length === 0) return 'nothing'
      if (coded(error).code === 'HOLDFAST_UNKNOWN_OUTCOME') this.#unknown = { op: intent.op, changes }
      throw error
    }
  }

  #renewalOf(binding: Binding, candidate: string): NonNullable<Intent['renewal']> {
    const every = this.engine.renewal.every ?? Number.POSITIVE_INFINITY
    return { every, presented: binding.secret, candidate, wanted: this.renewal }
  }

  /** Whether the answer may carry a new secret, or has to note that the client takes none. */
  #mayOffer(binding: Binding): boolean {
    if (binding.realm !== 'user' || binding.row.user === null || binding.text === null) return false
    if (!this.lane.codec(binding.realm).renews) return false
    if (this.renewal) return true
    if (!this.#mayCarry()) return false
    const every = this.engine.renewal.every ?? Number.POSITIVE_INFINITY
    const now = this.engine.now()
    if (isYoung(binding.row.keys, every, now)) return false
    const keys = parseKeys(binding.row.keys)
    return keys !== null && keys.current.hash === binding.secret && turn(keys, every, now) !== 'not-yet'
  }

  /**
   * Whether the answer may carry a cookie that is only due. Where the handler did not look at the session it is a file or a
   * page for everybody, which caches may keep.
   */
  #mayCarry(): boolean {
    return this.#looked && this.#wire?.unchanged() !== true
  }

  /** A visitor's credential under the key that signs now, where it came under an older one. */
  #reissued(): string | null {
    const { binding } = this
    if (binding === null || binding.text === null || binding.row.user !== null || !this.#mayCarry()) return null
    return this.lane.codec(binding.realm).reissue(binding.text)
  }

  #refuse(error: unknown): Refusal {
    this.#sealed = true
    this.#refused = true
    return refusalOf(coded(error), [...this.#cookies.values()])
  }

  #answer(): Answer {
    const { binding } = this
    if (binding !== null && this.#cookies.size === 0) {
      const reissued = this.#reissued()
      if (reissued !== null) this.give(binding.realm, binding.row, binding.lifetimes, binding.facts, reissued)
    }
    this.#sealed = true
    if (this.#cookies.size > 0) {
      this.engine.trace?.(`set ${[...this.#cookies.keys()].join(' and ')} cookie`)
      return { cookies: [...this.#cookies.values()], cache: 'no-store' }
    }
    return this.#looked ? LOOKED : NOTHING
  }

  /** Where both realms share one cookie name, they share its line. */
  #line(realm: Realm): Realm {
    return this.lane.shared ? 'user' : realm
  }

  #rest(tail: Promise<unknown>): void {
    if (this.#tail === tail) this.#tail = null
  }
}

const NOTHING: Answer = { cookies: [], cache: null }
const LOOKED: Answer = { cookies: [], cache: 'private' }

/** Any error as one of ours; a foreign one can only come from our own code, and its message may not be safe to send. */
export function coded(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  return new HoldfastError('HOLDFAST_STORE', 'the session could not be written.', { cause: error })
}
