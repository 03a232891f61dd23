import type { RegisteredData } from './engine/register.js'
import type { Store } from './engine/row.js'
import type { OnInvalid, StandardSchema } from './engine/schema.js'
import type { Arrival } from './engine/wire.js'
import type { Secret } from './keyring/secret-keyring.js'
import type { Duration } from './policy/duration.js'
import type { Remedy } from './policy/remedy.js'
import type { CookieOptions } from './transport/cookie-options.js'

/** What `createSessions` takes. `secret` and `store` are needed; all else has a default that suits most sites. */
export interface Options<Data extends object = RegisteredData> {
  /**
   * What credentials are signed with: a text of 32 random bytes or more, a list with the newest first, or a keyring.
   * Undefined: throws `HOLDFAST_SECRET` at the first request, so that a build does not need it.
   */
  readonly secret: Secret | undefined
  /** Where sessions live: `sqliteStore('sessions.db')`; `memoryStore()` for tests and demos. */
  readonly store: Store
  /**
   * How long users stay signed in. Default `{ idle: '30m', absolute: '12h' }`. `false` for one of them is allowed, and said
   * at start: with both off a forgotten session can be used for ever.
   */
  readonly timeouts?: { readonly idle?: Duration | false; readonly absolute?: Duration | false }
  /** How long a visitor's data is kept. Default `{ idle: '7d', absolute: '30d' }`. */
  readonly visitors?: { readonly idle?: Duration | false; readonly absolute?: Duration | false }
  /** When a user's secret is renewed, and what is done when a former one is used again. */
  readonly renewal?: {
    /** Default `'15m'`. `false` turns renewal off, and with it the detection of copied cookies. */
    readonly every?: Duration | false
    /** A former secret was used: two parties hold the cookie. Default `'end'`: the session ends. */
    readonly onReuse?: 'end' | 'step-up' | 'report'
    /**
     * Six new secrets went unanswered. Default `'report'`, because a server that forwards a browser's cookie and drops the
     * answer's looks the same; `'end'` also shuts out a thief who keeps the old copy.
     */
    readonly onStalled?: 'end' | 'report'
  }
  /** Names and attributes of the two cookies. Default: `__Host-sid` and `__Host-vid`, `SameSite=Lax`, until the browser closes. */
  readonly cookie?: CookieOptions
  /** The public origin or origins, `https://shop.example`, for the cross-site guard. Default: the request's own. */
  readonly origin?: string | readonly string[]
  /** The guard against forged cross-site requests. `false` turns it off. */
  readonly crossSite?:
    | {
        /** Origins that may post here. */
        readonly allow?: readonly string[]
        /** Paths that anybody may post to, such as webhooks: exact, or ending in `/*`. */
        readonly except?: readonly string[]
        /** `true`: only events, nothing is refused. */
        readonly report?: boolean
      }
    | false
  /**
   * How many proxies stand before this process; scheme, host and address are believed from so many hops. Default: what the
   * framework believes (Express' `trust proxy`, Koa's `proxy`), else 0.
   */
  readonly proxies?: number
  /**
   * A Standard Schema (zod, valibot, arktype) of the data; it can stand for the type. A field that does not fit any more is
   * absent for the request and reported as `dropped`; nothing is taken out of the row.
   */
  readonly schema?: StandardSchema<Data>
  /** `'drop-field'` (default), `'end'` the session, or a function that mends the value of an old field. */
  readonly onInvalid?: OnInvalid
  /** Milliseconds, or `'5s'`, that one act of the store may take. Default `'5s'`. */
  readonly storeTimeout?: Duration
  /** A store that cannot be reached: `'refuse'` answers 503, `'visitor'` serves the request without a session. Default `'refuse'`. */
  readonly onStoreDown?: 'refuse' | 'visitor'
  /** The property of the request under which handlers find the session. Default `'session'`; `false`: only `sessions.of`. */
  readonly property?: string | false
  /** Which requests get a session. Default: all. */
  readonly only?: (arrival: Arrival) => boolean
  /** How often dead rows are removed, give or take a fifth. Default `'5m'`; `false` leaves it to a job that calls `sweep()`. */
  readonly sweep?: Duration | false
  /** The clock: epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Receives every notice once. Default `console.warn`. */
  readonly log?: (notice: string) => void

  /** Not an option: sessions are written when they change, and only the fields that did. */
  readonly resave?: Remedy<'leave resave out: only changed fields are ever written'>
  /** Not an option: a visitor who writes nothing costs nothing. */
  readonly saveUninitialized?: Remedy<'leave saveUninitialized out: a visitor who writes nothing is never stored'>
  /** Not an option: lifetimes are kept on the server. */
  readonly rolling?: Remedy<'leave rolling out: timeouts.idle is extended by every request'>
  /** Not an option: there are two cookies. */
  readonly name?: Remedy<'set cookie.user and cookie.visitor: there are two cookies, each with a name of its own'>
  /** Not an option: how many proxies are believed is a number. */
  readonly proxy?: Remedy<'set proxies to the number of proxies before this process'>
  /** Not an option: ids are random, and made here. */
  readonly genid?: Remedy<'leave genid out: ids are random; what is known of a user belongs in session.data'>
  /** Not an option: a session is ended by name. */
  readonly unset?: Remedy<'leave unset out: call session.signOut()'>
}
