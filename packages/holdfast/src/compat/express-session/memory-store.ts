import { inherits } from 'node:util'
import type { Callback, SessionData } from './contract.js'
import { promised } from './promised.js'
import { Store } from './store.js'

/**
 * The default: sessions in the memory of this process, gone with it. Records that have ended are dropped when somebody
 * reads them.
 */
export interface MemoryStore extends Store {
  /** The stored texts by id. */
  sessions: Record<string, string>
  /** The sessions that live, by id. */
  all(): Promise<Record<string, SessionData>>
  all(callback: Callback<Record<string, SessionData>>): undefined
  clear(): Promise<undefined>
  clear(callback: Callback): undefined
  destroy(sid: string): Promise<undefined>
  destroy(sid: string, callback: Callback): undefined
  get(sid: string): Promise<SessionData | undefined>
  get(sid: string, callback: Callback<SessionData>): undefined
  /** How many sessions live. */
  length(): Promise<number>
  length(callback: Callback<number>): undefined
  set(sid: string, session: SessionData): Promise<undefined>
  set(sid: string, session: SessionData, callback: Callback): undefined
  touch(sid: string, session: SessionData): Promise<undefined>
  touch(sid: string, session: SessionData, callback: Callback): undefined
}

/** Can be called on an object (`MemoryStore.call(this)`), and extended as a class. */
export interface MemoryStoreConstructor {
  new (): MemoryStore
  (this: unknown): void
  readonly prototype: MemoryStore
}

function construct(this: MemoryStore): void {
  Store.call(this)
  this.sessions = Object.create(null)
}

/** The constructor of the store that is used where an app names none. */
export const MemoryStore: MemoryStoreConstructor = Object.defineProperty(construct, 'name', {
  value: 'MemoryStore',
}) as unknown as MemoryStoreConstructor

inherits(MemoryStore, Store)

Object.assign(MemoryStore.prototype, {
  all(this: MemoryStore, callback?: Callback<Record<string, SessionData>>) {
    const living: Record<string, SessionData> = Object.create(null)
    for (const sid of Object.keys(this.sessions)) {
      const data = livingRecord(this, sid)
      if (data !== undefined) living[sid] = data
    }
    return later(callback, living)
  },

  clear(this: MemoryStore, callback?: Callback) {
    this.sessions = Object.create(null)
    return later(callback)
  },

  destroy(this: MemoryStore, sid: string, callback?: Callback) {
    delete this.sessions[sid]
    return later(callback)
  },

  get(this: MemoryStore, sid: string, callback?: Callback<SessionData>) {
    return later(callback, livingRecord(this, sid))
  },

  length(this: MemoryStore, callback?: Callback<number>) {
    return promised(callback, (done) => {
      this.all((error, sessions) => (error ? done(error) : done(null, Object.keys(sessions ?? {}).length)))
    })
  },

  set(this: MemoryStore, sid: string, session: SessionData, callback?: Callback) {
    this.sessions[sid] = JSON.stringify(session)
    return later(callback)
  },

  touch(this: MemoryStore, sid: string, session: SessionData, callback?: Callback) {
    const data = livingRecord(this, sid)
    if (data !== undefined) this.sessions[sid] = JSON.stringify({ ...data, cookie: session.cookie })
    return later(callback)
  },
})

/** Never on the same turn: a handler must not find that out with another store. */
function later<T>(callback: Callback<T> | undefined, value?: T): Promise<T> | undefined {
  return promised(callback, (done) => {
    setImmediate(() => (value === undefined ? done(null) : done(null, value)))
  })
}

function livingRecord(store: MemoryStore, sid: string): SessionData | undefined {
  const text = store.sessions[sid]
  if (text === undefined) return undefined
  const data = JSON.parse(text) as SessionData
  const { expires } = data.cookie ?? {}
  if (!expires || !(new Date(expires).valueOf() <= Date.now())) return data
  delete store.sessions[sid]
  return undefined
}

export { MemoryStore as 'module.exports', MemoryStore as default }
