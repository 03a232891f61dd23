import { ask } from './ask.js'
import {
  type Callback,
  type ConnectStore,
  type SessionData,
  type SessionHolder,
  type SessionRequest,
  TRACK,
  type Track,
} from './contract.js'
import type { Cookie } from './cookie.js'
import { promised } from './promised.js'
import { writeBack } from './write-back.js'

/**
 * What handlers find as `req.session`: their fields, `cookie`, and methods that no enumeration shows. Each method that asks
 * the store calls back, or answers with a promise where it is given no callback.
 */
export class Session {
  /** The request that it belongs to. */
  declare readonly req: SessionHolder
  /** Without its signature. */
  declare readonly id: string
  declare cookie: Cookie;
  [field: string]: unknown

  /** With the fields of `data`, but for those whose names are taken by what every session has. */
  constructor(req: SessionHolder, data?: object | null) {
    Object.defineProperty(this, 'req', { value: req })
    Object.defineProperty(this, 'id', { value: req.sessionID })
    if (typeof data !== 'object' || data === null) return
    const fields = data as Readonly<Record<string, unknown>>
    for (const name in fields) if (!(name in this)) this[name] = fields[name]
  }

  /** Lets it live for its `originalMaxAge` from now. The store learns of it at the end of the request. */
  touch(): this {
    return this.resetMaxAge()
  }

  /** The same as {@link touch}. */
  resetMaxAge(): this {
    this.cookie.maxAge = this.cookie.originalMaxAge
    return this
  }

  /**
   * Writes it now. One that was read from the store and is gone there, because it was destroyed meanwhile, stays gone and
   * is no error.
   */
  save(): Promise<undefined>
  save(callback: Callback): undefined
  save(callback?: Callback): Promise<undefined> | undefined {
    return promised(callback, (done) => {
      const track = this.req[TRACK]
      track?.saving(this)
      const isStored = track?.isStored(this) === true
      during(track, done, (over) => {
        writeBack(storeOf(this), this as unknown as SessionData & Session, isStored, over)
      })
    })
  }

  /** Reads it again, into a new object as `req.session`. Fails with "failed to load session" where it is gone. */
  reload(): Promise<undefined>
  reload(callback: Callback): undefined
  reload(callback?: Callback): Promise<undefined> | undefined {
    return promised(callback, (done) => {
      const { req } = this
      const store = storeOf(this)
      ask<SessionData | null>(store, 'get', [this.id], (error, data) => {
        if (error) return done(error)
        if (!data) return done(new Error('failed to load session'))
        try {
          store.createSession(req, data)
        } catch (problem) {
          return done(problem)
        }
        done()
      })
    })
  }

  /** Takes it off the request at once, and out of the store. The browser keeps its cookie. */
  destroy(): Promise<undefined>
  destroy(callback: Callback): this
  destroy(callback?: Callback): Promise<undefined> | this {
    delete this.req.session
    const answer = promised(callback, (done) => {
      during(this.req[TRACK], done, (over) => ask<undefined>(storeOf(this), 'destroy', [this.id], over))
    })
    return answer ?? this
  }

  /** Destroys it and begins a new one with a new id and no fields, even where destroying failed. */
  regenerate(): Promise<undefined>
  regenerate(callback: Callback): this
  regenerate(callback?: Callback): Promise<undefined> | this {
    const { req } = this
    const answer = promised(callback, (done) => {
      during(req[TRACK], done, (over) => storeOf(this).regenerate(req as SessionRequest, over))
    })
    return answer ?? this
  }
}

/** Has the answer to the request wait until an act is over, whether or not the handler waits for it. */
function during(track: Track | undefined, done: Callback, act: (over: Callback) => void): void {
  const end = track?.begin()
  try {
    act((error) => {
      end?.()
      done(error)
    })
  } catch (error) {
    end?.()
    throw error
  }
}

function storeOf({ req }: Session): ConnectStore {
  if (req.sessionStore === undefined) throw new TypeError('the request of this session has no store')
  return req.sessionStore
}

export { Session as 'module.exports', Session as default }
