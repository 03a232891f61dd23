import type { EventEmitter } from 'node:events'
import type { Row, Store } from '../../engine/row.js'
import type { Callback, SessionData, SessionHolder } from '../express-session/contract.js'
import type { Session } from '../express-session/session.js'
import { Store as StoreBase } from '../express-session/store.js'
import { COOKIE, connectData, connectEnd, connectSnapshot } from './connect-fields.js'
import { handleOf } from './handle-of.js'
import { Held } from './held.js'
import { type OldStore, oldSession, removeOld } from './old-store.js'
import { type ConnectOptions, type Settings, settingsOf } from './options.js'
import { Records } from './records.js'
import { endOf, type Snapshot, snapshotOf } from './snapshot.js'

/** Options of a {@link connectStore}. */
export interface ConnectStoreOptions extends ConnectOptions {
  /**
   * The store that sessions come from, such as a `RedisStore` of connect-redis. One that is not here yet is read there once,
   * and is from then on here; the old record stays until its own end. `destroy` goes to both, and what was destroyed here
   * is not read there again. Default: none.
   */
  readonly from?: OldStore
}

/**
 * What express-session is given as `store`. Each act calls back, or answers with a promise where it is given no callback.
 *
 * There is no `all`: ids are not stored, so nothing could be done with what it would list. It emits neither `connect` nor
 * `disconnect`: a store that is down is said by an error at each act.
 */
export interface ConnectedStore extends EventEmitter {
  /** A session by its id; `null` where there is none, or where it is over. `Data` is what it is read as. */
  get<Data = SessionData>(sid: string): Promise<Data | null>
  get<Data = SessionData>(sid: string, callback: (error: unknown, session?: Data | null) => void): void
  /**
   * Stores a session. One that came from `get`, or that was made of what came from there, is changed where it was changed,
   * and stays away if it was destroyed meanwhile. Any other is created, or replaces what is there as a whole.
   */
  set(sid: string, session: object): Promise<void>
  set(sid: string, session: object, callback?: (error?: unknown) => void): void
  /** Prolongs a session and writes its cookie where that was changed, and nothing else. Creates nothing. */
  touch(sid: string, session: object): Promise<void>
  touch(sid: string, session: object, callback?: () => void): void
  /** Ends a session. Whoever still holds it cannot write it back. None there is no error. */
  destroy(sid: string): Promise<void>
  destroy(sid: string, callback?: (error?: unknown) => void): void
  /** How many sessions there are. Reads them all; those of `createSessions` in the same store are not counted. */
  length(): Promise<number>
  length(callback: (error: unknown, length?: number) => void): void
  /** Ends every session, but those of `createSessions` in the same store and those that are still in `from`. */
  clear(): Promise<void>
  clear(callback?: (error?: unknown) => void): void
  /** Destroys the session of a request and begins a new one, as the middleware has set `generate`. */
  regenerate(req: object, callback: (error?: unknown) => void): void
  /** A session by its id, without a request. */
  load<Data = SessionData>(sid: string, callback: (error: unknown, session?: Data) => void): void
  /** Makes what `get` answered the session of a request. */
  createSession<Made = Session>(req: object, session: object): Made
  /** Set by the middleware. */
  generate?(req: never): void
}

/**
 * Any store of holdfast as a store for express-session 1.19, unmodified, and for what stands on it, such as Passport.
 *
 * ```ts
 * app.use(session({ store: connectStore(redisStore(client)), secret, resave: false, saveUninitialized: false }))
 * ```
 *
 * - Requests beside each other lose nothing: each writes what it changed, property by property, merged within a property.
 * - What was destroyed stays destroyed, also if a slower request saves it later, and with `resave: true` too.
 * - Ids are hashed: nobody who reads the store can use what it says.
 * - A session is over when its cookie is, by `cookie.expires`, or else after `ttl`.
 *
 * Throws `HOLDFAST_CONFIG` for what is no store, and for a duration that is none. Acts fail with `HOLDFAST_STORE`,
 * `HOLDFAST_UNKNOWN_OUTCOME`, `HOLDFAST_TOO_LARGE` (512 properties, 4 MiB), or `HOLDFAST_CONFLICT`, where a property was
 * changed by others all through `storeTimeout`.
 */
export function connectStore(store: Store, options: ConnectStoreOptions = {}): ConnectedStore {
  return new Connected(settingsOf(store, options, 'connectStore'), options.from ?? null) as unknown as ConnectedStore
}

/** What the acts are added to: `regenerate`, `load`, `createSession`. */
const Base = StoreBase as unknown as new () => EventEmitter & {
  createSession(req: SessionHolder, data: SessionData): Session
}

class Connected extends Base {
  readonly #settings: Settings
  readonly #records: Records
  readonly #from: OldStore | null
  /** What the request knows, by the object that it has the session as. */
  readonly #held = new WeakMap<object, Held>()

  constructor(settings: Settings, from: OldStore | null) {
    super()
    this.#settings = settings
    const { ttl, now } = settings
    this.#records = new Records(settings, (row) => connectEnd(row, ttl) <= now())
    this.#from = from
  }

  get(sid: string, callback?: Callback<SessionData | null>): Promise<SessionData | null> | undefined {
    return answer(this.#get(sid), callback)
  }

  set(sid: string, session: object, callback?: Callback): Promise<undefined> | undefined {
    return answer(
      this.#written(session, (snapshot) => this.#records.save(this.#holding(sid, session), snapshot)),
      callback,
    )
  }

  touch(sid: string, session: object, callback?: Callback): Promise<undefined> | undefined {
    return answer(
      this.#written(session, (snapshot) => this.#records.touch(this.#holding(sid, session), snapshot, COOKIE)),
      callback,
    )
  }

  destroy(sid: string, callback?: Callback): Promise<undefined> | undefined {
    return answer(this.#destroy(sid), callback)
  }

  length(callback?: Callback<number>): Promise<number> | undefined {
    return answer(this.#length(), callback)
  }

  clear(callback?: Callback): Promise<undefined> | undefined {
    return answer(this.#clear(), callback)
  }

  override createSession(req: SessionHolder, data: SessionData): Session {
    const session = super.createSession(req, data)
    const held = this.#held.get(data)
    if (held !== undefined) this.#held.set(session, held)
    return session
  }

  async #get(sid: string): Promise<SessionData | null> {
    const handle = handleOf(sid)
    const row = (await this.#records.get(handle)) ?? (await this.#move(sid, handle))
    if (row === null || !this.#records.isLive(row)) return null
    const data = connectData(row, this.#settings.ttl)
    this.#held.set(data, new Held(handle, row))
    return data as SessionData
  }

  /** The old store has judged whether the session is live: what the record says of its end may be long out of date. */
  async #move(sid: string, handle: string): Promise<Row | null> {
    const old = this.#from === null ? null : await oldSession(this.#from, sid)
    return old === null ? null : this.#records.move(handle, this.#moved(old))
  }

  #moved(old: object): Snapshot {
    const { ttl, now } = this.#settings
    const { fields, seenAt, endsAt } = connectSnapshot(old, ttl, now())
    return snapshotOf(fields, now(), now() + endsAt - seenAt)
  }

  async #destroy(sid: string): Promise<undefined> {
    const handle = handleOf(sid)
    if (this.#from === null) {
      await this.#records.end(handle, 'signed-out')
      return
    }
    const from = this.#from
    await this.#records.endMoved(handle, this.#settings.ttl, async () => (await oldSession(from, sid)) !== null)
    await removeOld(from, sid)
  }

  async #length(): Promise<number> {
    const now = this.#settings.now()
    let count = 0
    for await (const row of this.#records.all()) if (endOf(row) > now) count += 1
    return count
  }

  async #clear(): Promise<undefined> {
    for await (const { handle } of this.#records.all()) await this.#records.end(handle, 'revoked')
  }

  /** The session as it is now: what the handler changes later is not part of this act. */
  async #written(session: object, act: (snapshot: Snapshot) => Promise<void>): Promise<undefined> {
    const { ttl, now } = this.#settings
    await act(connectSnapshot(session, ttl, now()))
  }

  #holding(sid: string, session: object): Held {
    const handle = handleOf(sid)
    const known = this.#held.get(session)
    if (known?.handle === handle) return known
    const held = new Held(handle)
    this.#held.set(session, held)
    return held
  }
}

/** Calls back, where there is a callback, outside of the promise: what the callback throws is not the store's failure. */
function answer<T>(promise: Promise<T>, callback: Callback<T> | undefined): Promise<T> | undefined {
  if (typeof callback !== 'function') return promise
  promise.then(
    (value) => process.nextTick(callback, null, value),
    (error: unknown) => process.nextTick(callback, error),
  )
  return undefined
}
