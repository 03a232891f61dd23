import { EventEmitter } from 'node:events'
import { inherits } from 'node:util'
import { ask, isThenable } from './ask.js'
import type { Callback, ConnectStore, SessionData, SessionHolder, SessionRequest } from './contract.js'
import { Cookie } from './cookie.js'
import { promised } from './promised.js'
import { Session } from './session.js'

/**
 * What every store inherits. Its methods need nothing that a constructor has made: some stores never call one.
 *
 * Emitting `disconnect` has requests pass without a session until `connect` is emitted.
 */
export interface Store extends EventEmitter {
  /** Puts a new session on a request. Set by the middleware: the last one that was given this store. */
  generate?(req: SessionRequest): unknown
  /** Destroys the session of a request and begins a new one, even where destroying failed. */
  regenerate(req: SessionRequest): Promise<undefined>
  regenerate(req: SessionRequest, callback: Callback): undefined
  /** A session by its id, without a request; nothing where there is none. */
  load(sid: string): Promise<Session | undefined>
  load(sid: string, callback: Callback<Session>): undefined
  /** Makes what was stored the session of a request. Throws where it has no `cookie`. */
  createSession(req: SessionHolder, data: SessionData): Session
}

/** Can be called on an object (`Store.call(this)`), and extended as a class. */
export interface StoreConstructor {
  new (options?: unknown): Store
  (this: unknown, options?: unknown): void
  readonly prototype: Store
}

function construct(this: EventEmitter): void {
  EventEmitter.call(this)
}

/** The constructor that stores inherit from, by `util.inherits` or as a class. */
export const Store: StoreConstructor = Object.defineProperty(construct, 'name', {
  value: 'Store',
}) as unknown as StoreConstructor

inherits(Store, EventEmitter)

Store.prototype.regenerate = function regenerate(this: Store, req: SessionRequest, callback?: Callback) {
  return promised(callback, (done) => {
    ask<undefined>(actsOf(this), 'destroy', [req.sessionID], (error) => {
      let made: unknown
      try {
        made = this.generate?.(req)
      } catch (problem) {
        return done(problem)
      }
      if (isThenable(made)) made.then(() => done(error), done)
      else done(error)
    })
  })
} as Store['regenerate']

Store.prototype.load = function load(this: Store, sid: string, callback?: Callback<Session>) {
  return promised(callback as Callback<Session | undefined> | undefined, (done) => {
    ask<SessionData | null>(actsOf(this), 'get', [sid], (error, data) => {
      if (error) return done(error)
      if (!data) return done()
      done(null, this.createSession({ sessionID: sid, sessionStore: actsOf(this) }, data))
    })
  })
} as Store['load']

Store.prototype.createSession = function createSession(this: Store, req: SessionHolder, data: SessionData): Session {
  // Not destructured: where there is no cookie the error is then the one that apps know.
  const expires = data.cookie.expires
  const originalMaxAge = data.cookie.originalMaxAge
  const cookie = new Cookie(data.cookie)
  if (typeof expires === 'string') cookie.expires = new Date(expires)
  // Setting `expires` has changed it.
  cookie.originalMaxAge = originalMaxAge
  data.cookie = cookie
  const session = new Session(req, data)
  req.session = session
  return session
}

/** The acts are those of who inherits. */
function actsOf(store: Store): ConnectStore {
  return store as unknown as ConnectStore
}

export { Store as 'module.exports', Store as default }
