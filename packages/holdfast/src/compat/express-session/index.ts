/**
 * `holdfast/express-session`: what express-session 1.19 exports, from `import` and from `require`, which gets the function
 * itself with the constructors on it.
 */
import { Cookie } from './cookie.js'
import { MemoryStore } from './memory-store.js'
import { session as middleware } from './middleware.js'
import { Session } from './session.js'
import { Store } from './store.js'

/** `session(options)`, and the constructors that stores are made with. */
export type SessionModule = typeof middleware & {
  Store: typeof Store
  Cookie: typeof Cookie
  Session: typeof Session
  MemoryStore: typeof MemoryStore
}

/** Makes a middleware of Connect and Express; see {@link SessionModule}. */
const session: SessionModule = Object.assign(middleware, { Store, Cookie, Session, MemoryStore })

export type { ConnectStore, SessionData, SessionRequest } from './contract.js'
export type { CookieOptions } from './cookie.js'
export type { SessionHandler } from './middleware.js'
export type { SessionOptions } from './options.js'
export type { CookieData } from './set-cookie.js'
export { Cookie, MemoryStore, Session, Store, session as 'module.exports', session as default }
