import type { Duration } from '../policy/duration.js'
import type { Remedy } from '../policy/remedy.js'
import { moments } from '../policy/timeouts.js'
import { HoldfastError } from './errors.js'
import type { Auth } from './facts.js'
import { type Change, checkName } from './fields.js'
import { decode, encode } from './json.js'
import { parseKeys } from './keys.js'
import { toLifetimes } from './lifetimes.js'
import { checkId } from './names.js'
import type { Fences } from './privilege.js'
import { signIn, signOut, stepUp } from './privilege.js'
import { newOp } from './random.js'
import { nextTurn } from './renewal.js'
import { credentialsChanged } from './revoke.js'
import type { Millis } from './row.js'
import type { Committed, Visit } from './visit.js'
import { write } from './write.js'

/** A user id whose fences were read before the password was checked; `sessions.beginSignIn` makes one. */
export interface BegunSignIn {
  readonly user: string
  readonly fences: Fences
}

/** What `signIn` takes for a user; for anything but text the error says what to do. */
export type UserId<User> = [User] extends [string | BegunSignIn]
  ? User
  : [Extract<User, null | undefined>] extends [never]
    ? Remedy<'a user id is text: pass String(id)'>
    : Remedy<'there may be no user here: check for null and undefined first'>

/** What `signIn` takes beside the user. */
export interface SignInOptions<Data> {
  /** Fields that cross over from before the sign-in. Default: none, so that nothing planted there does. */
  readonly keep?: readonly (keyof Data & string)[]
  /** How the user proved who they are: `pwd`, `otp`, … Default: none named. */
  readonly methods?: readonly string[]
  /** How sure that is, on the application's own scale. Default: 1. */
  readonly level?: number
  /** A further name to find the session by, 1 to 512 bytes, such as the session of an identity provider. */
  readonly link?: string
  /** Lifetimes of this session alone; `false` for none of that kind. Default: those of `createSessions`. */
  readonly timeouts?: { readonly idle?: Duration | false; readonly absolute?: Duration | false }
}

/** What `stepUp` takes. */
export interface StepUpOptions {
  /** What was proved now, added to the methods so far. */
  readonly methods?: readonly string[]
  /** Default: the level so far. */
  readonly level?: number
}

/** What is known of somebody signed in: `session.isSignedIn()` narrows to it. */
export interface SignedIn<Data extends object> extends Session<Data> {
  readonly handle: string
  readonly user: string
  readonly auth: Auth
}

/** The state of a session's row, for pages and logs of operators. Nothing in it is secret. */
export interface Inspection {
  /** Starts at 1 and grows by one with every write that was carried out, touches included. As this request knows it. */
  readonly version: number
  readonly secret: {
    /** 1 for the first one; every further one that was given out has a higher number. */
    readonly number: number
    /** Since when it is the current one. */
    readonly since: Millis
    /** The first moment at which an answer may carry its successor; `null` where it is not renewed. */
    readonly renews: Millis | null
  }
  /** Names of fields, as far as this request has come. Its last changes are written after the handler has answered. */
  readonly request: {
    /** The handler was shown what is stored there. What `update` and `take` read is among what they wrote. */
    readonly read: readonly string[]
    readonly wrote: readonly string[]
    /** Written by another request too since this one began: both changes were kept as far as they do not exclude each other. */
    readonly merged: readonly string[]
  }
}

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * The session of one request. Everything that changes privilege is awaited, and has happened when it returns; from then
 * on this object is the new session, and what was taken from `data` before throws `HOLDFAST_STALE_DATA`.
 */
export class Session<Data extends object> {
  readonly #visit: Visit

  /** @internal */
  constructor(visit: Visit) {
    this.#visit = visit
  }

  /** The session's name: permanent, not secret, safe in logs and lists. `null` while nothing is stored. */
  get handle(): string | null {
    this.#visit.look()
    return this.#visit.binding?.row.handle ?? null
  }

  /** The id that was passed to `signIn`; `null` for a visitor. */
  get user(): string | null {
    this.#visit.look()
    return this.#visit.binding?.row.user ?? null
  }

  /** How and when the user proved who they are. `level` is 0 while a step-up is asked for; `null` for a visitor. */
  get auth(): Auth | null {
    this.#visit.look()
    const { binding } = this.#visit
    const auth = binding?.facts.auth ?? null
    return auth !== null && binding?.suspect ? { ...auth, level: 0 } : auth
  }

  /** When the session ends: if nobody comes back, and at the latest. `null`: not in that way. Reading extends nothing. */
  get expires(): { readonly idle: Millis | null; readonly absolute: Millis | null } {
    this.#visit.look()
    const { binding } = this.#visit
    if (binding === null) return { idle: null, absolute: null }
    return moments(binding.lifetimes, binding.facts.createdAt, binding.row.seenAt)
  }

  /**
   * What the session holds: a plain object, JSON all the way down. Deep changes are noticed, and merged with those of
   * other requests. What cannot be written any more throws at once.
   */
  get data(): Partial<Data> {
    return this.#visit.data as Partial<Data>
  }

  /** `true` for a user; narrows `handle`, `user` and `auth` to what they then are. */
  isSignedIn(): this is SignedIn<Data> {
    return this.user !== null
  }

  /** One field, frozen: cheaper than `data` for a large object that is only looked at. */
  read<Field extends keyof Data & string>(field: Field): Readonly<Data[Field]> | undefined {
    this.#visit.look()
    return this.#visit.fields.read(field) as Readonly<Data[Field]> | undefined
  }

  /**
   * Changes one field by what is there: `fn` is called with the value as it is in the store, and again if another request
   * was faster. Written when it returns. `undefined` removes the field. Throws `HOLDFAST_ENDED` if the session was ended,
   * `HOLDFAST_CONFLICT` if the time for it ran out.
   */
  async update<Field extends keyof Data & string>(
    field: Field,
    fn: (value: Data[Field] | undefined) => Data[Field] | undefined | Promise<Data[Field] | undefined>,
  ): Promise<Data[Field] | undefined> {
    const visit = this.#visit
    visit.look()
    checkName(field)
    let value: Data[Field] | undefined
    await this.#flushed(field)
    for (;;) {
      if (visit.binding !== null) break
      value = await fn(visit.fields.get(field) as Data[Field] | undefined)
      const created = await this.#createWith(field, value)
      if (created === 'dropped') throw notUpdated(field)
      if (created !== null) return value
    }
    const changesOf = async (text: string | null): Promise<readonly Change[]> => {
      value = await fn(text === null ? undefined : (decode(text) as Data[Field]))
      return [{ field, text: value === undefined ? null : encode(value, field), base: text }]
    }
    const written = await this.#writeField(field, changesOf)
    if (written === 'dropped') throw notUpdated(field)
    return value
  }

  /** Reads a field once: the value goes to the one request that removed it, every other gets `undefined`. */
  async take<Field extends keyof Data & string>(field: Field): Promise<Data[Field] | undefined> {
    this.#visit.look()
    await this.#flushed(field)
    let taken: string | null = null
    const written = await this.#writeField(field, (text) => {
      taken = text
      return text === null ? [] : [{ field, text: null, base: text }]
    })
    return written === 'applied' && taken !== null ? (decode(taken) as Data[Field]) : undefined
  }

  /** Writes what has changed so far. `dropped`: the session was ended meanwhile, and nothing was written. */
  commit(): Promise<Committed> {
    this.#visit.arm()
    return this.#visit.exclusive(() => this.#visit.flush(false))
  }

  /**
   * Signs a user in: a new session with a new secret, to which only the fields in `keep` cross over. As the user who is
   * signed in already it is a step-up; as another one, the former is signed out first. Throws `HOLDFAST_REVOKED` if the
   * user's sessions were revoked at the same moment, `HOLDFAST_HEADERS_SENT` after the first byte.
   */
  async signIn<User>(user: UserId<User>, options: SignInOptions<Data> = {}): Promise<void> {
    const visit = this.#visit
    const begun = typeof user === 'object' && user !== null ? (user as BegunSignIn) : null
    const id = checkId('user', begun === null ? user : begun.user)
    const link = options.link === undefined ? null : checkId('link', options.link)
    const timeouts = options.timeouts === undefined ? null : toLifetimes(options.timeouts, visit.engine.timeouts.user)
    const auth = { at: visit.engine.now(), methods: [...(options.methods ?? [])], level: options.level ?? 1 }
    await visit.exclusive(() => signIn(visit, id, { keep: options.keep ?? [], auth, link, timeouts }, begun?.fences))
  }

  /**
   * The same user proved more: a new session with a new secret; all data is carried, both clocks start anew. Throws
   * `HOLDFAST_ENDED` if the session was ended meanwhile: sign-out wins, and of two step-ups the first.
   */
  stepUp(options: StepUpOptions = {}): Promise<void> {
    const visit = this.#visit
    return visit.exclusive(async () => {
      const before = visit.binding?.facts.auth
      const methods = [...new Set([...(before?.methods ?? []), ...(options.methods ?? [])])]
      return stepUp(visit, { at: visit.engine.now(), methods, level: options.level ?? before?.level ?? 1 })
    })
  }

  /** The user's password or second factor has changed: a step-up that also ends the user's other sessions. */
  credentialsChanged(): Promise<void> {
    return this.#visit.exclusive(() => credentialsChanged(this.#visit))
  }

  /**
   * Ends this session, and every one that the request's cookies lead to. Works as well where there is none. If the store
   * fails it throws and leaves the cookies, so that it can be tried again.
   */
  signOut(): Promise<void> {
    return this.#visit.exclusive(() => signOut(this.#visit))
  }

  /** Gives the client a new secret at the first moment that is allowed, without waiting until it is due. */
  renew(): void {
    this.#visit.arm()
    this.#visit.renewal = true
  }

  /** Version and secret of the row, as this request knows them; `null` while nothing is stored. Costs no round trip. */
  inspect(): Inspection | null {
    this.#visit.look()
    const { binding, engine } = this.#visit
    const keys = binding === null ? null : parseKeys(binding.row.keys)
    if (binding === null || keys === null) return null
    const { every } = engine.renewal
    const renews = nextTurn(keys, every ?? Number.POSITIVE_INFINITY)
    const renewed = Number.isFinite(renews) && binding.row.user !== null && !keys.stalled
    const { number, at } = keys.current
    const wrote = [...(this.#visit.wrote ?? [])]
    return {
      version: binding.row.version,
      secret: { number, since: at, renews: renewed ? renews : null },
      request: {
        read: this.#visit.fields.shownNames(),
        wrote: wrote.map(([field]) => field),
        merged: wrote.filter(([, merged]) => merged).map(([field]) => field),
      },
    }
  }

  /** What may be shown of a session: never its data, never a secret. */
  toJSON(): { readonly handle: string | null; readonly user: string | null } {
    return { handle: this.handle, user: this.user }
  }

  /** What the handler itself has changed in a field comes before an act on what is stored. */
  async #flushed(field: string): Promise<void> {
    await this.#visit.underWay
    if (this.#visit.fields.hasChanged(field)) await this.commit()
  }

  /** `null`: another act of this request has created the row meanwhile. */
  async #createWith(field: string, value: unknown): Promise<Committed | null> {
    const visit = this.#visit
    visit.arm()
    return visit.exclusive(async () => {
      if (visit.binding !== null) return null
      if (value !== undefined) visit.fields.set(field, value)
      return visit.flush(false)
    })
  }

  async #writeField(
    field: string,
    changesOf: (text: string | null) => readonly Change[] | Promise<readonly Change[]>,
  ): Promise<Committed> {
    const visit = this.#visit
    const { binding, engine, fields } = visit
    if (binding === null) return 'nothing'
    visit.arm()
    const terms = { createdAt: binding.facts.createdAt, lifetimes: binding.lifetimes }
    const intent = { op: newOp(), changes: [] }
    const written = await write(engine.acts, binding.row, intent, terms, engine.now, engine.patience, (row) =>
      changesOf(row.fields.get(field) ?? null),
    )
    if (written.was === 'dropped') visit.drop([field], written.reason)
    if (written.was !== 'applied') return written.was
    fields.replace(field, visit.learn(binding, written).fields)
    return 'applied'
  }
}

function notUpdated(field: string): HoldfastError {
  return new HoldfastError('HOLDFAST_ENDED', `the session was ended, so '${field}' was not updated. Sign in again.`)
}

// An assignment to the session itself would vanish at the end of the request. Looked up through the prototype chain, a name
// that the session does not have ends here; a name that it has costs nothing.
const NOT_DATA = (name: string | symbol): never => {
  throw new HoldfastError(
    'HOLDFAST_NOT_DATA',
    `the session itself keeps nothing: '${String(name)}' would be lost. Assign to session.data instead.`,
  )
}
Object.defineProperty(Session.prototype, INSPECT, {
  value(this: Session<object>): string {
    return `Session { handle: ${this.handle}, user: ${this.user} }`
  },
})
Object.setPrototypeOf(Session.prototype, new Proxy(Object.prototype, { set: (_target, name) => NOT_DATA(name) }))
for (const name of ['handle', 'user', 'auth', 'expires', 'data'] as const) {
  const property = Object.getOwnPropertyDescriptor(Session.prototype, name) as PropertyDescriptor
  Object.defineProperty(Session.prototype, name, { ...property, set: () => NOT_DATA(name) })
}
Object.freeze(Session.prototype)
