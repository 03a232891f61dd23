/**
 * What session, store and request know of each other. Kept in one file without code, so that none of theirs imports
 * another in a circle.
 */
import type { IncomingMessage } from 'node:http'
import type { Cookie } from './cookie.js'
import type { CookieData } from './set-cookie.js'

/** The old way of answering: an error or nothing first, then what was asked for. */
export type Callback<T = undefined> = (error?: unknown, value?: T) => void

/** What a store keeps of a session: `cookie`, and the fields of the app. */
export interface SessionData {
  cookie: CookieData
  [field: string]: unknown
}

/**
 * What is asked of a store: `get`, `set`, `destroy` and `on`, and `touch` if it has one. Each of the acts calls back,
 * on the same turn if it likes; or it takes no callback and returns a promise. A record that is gone is no error.
 * The other methods come from `Store`, which every store inherits.
 */
export interface ConnectStore {
  get(sid: string, callback: Callback<SessionData | null>): unknown
  set(sid: string, session: SessionData, callback: Callback): unknown
  destroy(sid: string, callback: Callback): unknown
  /** Prolongs a record without writing its fields. A store without it is not asked. */
  touch?(sid: string, session: SessionData, callback: Callback): unknown
  /** Puts a new session on a request. Set by the middleware: the last one that was given this store. */
  generate?(req: SessionRequest): unknown
  createSession(req: SessionRequest | SessionHolder, data: SessionData): SessionObject
  regenerate(req: SessionRequest, callback: Callback): unknown
  on(event: 'connect' | 'disconnect', listener: () => void): unknown
}

/** What the middleware asks of `req.session`. */
export interface SessionObject {
  readonly id: string
  cookie: Cookie
  touch(): unknown
  save(callback: Callback): unknown
}

/** As much of a request as a session needs to reach its record. */
export interface SessionHolder {
  session?: SessionObject | null | undefined
  sessionID?: string | undefined
  sessionStore?: ConnectStore | undefined
  [TRACK]?: Track
}

/** A request as the middleware sees it, with what Express and cookie-parser add. */
export interface SessionRequest extends IncomingMessage, SessionHolder {
  readonly originalUrl?: string
  readonly secure?: boolean
  readonly secret?: unknown
  readonly signedCookies?: Readonly<Record<string, unknown>>
  readonly cookies?: Readonly<Record<string, unknown>>
}

/** Where a request keeps what its middleware wants to know of its session. */
export const TRACK: unique symbol = Symbol('holdfast.express-session')

/** Told by a session what becomes of it. */
export interface Track {
  /** Its fields are about to be written as they are now. Throws where they are not JSON. */
  saving(session: object): void
  /** Whether it was read from the store, so that its record has to be there still. */
  isStored(session: SessionObject): boolean
  /** An act of the store is under way: the answer waits until what is returned was called. */
  begin(): () => void
}
