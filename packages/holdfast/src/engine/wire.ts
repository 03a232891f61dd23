/**
 * What passes between an adapter and the engine. An adapter makes three calls and nothing else: `open` before the handler,
 * `settle` before the first byte of the answer, `finish` before the last.
 */
import type { Awaitable } from './row.js'

/** What is known of a request before its handler runs. */
export interface Arrival {
  /** As received: `GET`, `POST`, … */
  readonly method: string
  /** The request target as received, with its query: `/cart?sku=1`. */
  readonly url: string
  /**
   * A header by its lower-case name; `undefined` if absent. Several lines of one name are joined: `cookie` by `; `
   * (RFC 9113 section 8.2.3), every other by `, `.
   */
  header(name: string): string | undefined
  /** Whether the connection to this process is itself encrypted. */
  readonly encrypted: boolean
  /** The address at the other end of the connection to this process; `undefined` where an adapter cannot know it. */
  readonly peer: string | undefined
  /** What the framework itself believes of scheme, host and address (Express' `trust proxy`, Koa's `proxy`). */
  readonly framework?: {
    readonly secure: boolean
    readonly host: string | undefined
    readonly address: string | undefined
  }
}

/** What the engine asks of an adapter while the handler runs. */
export interface Wire {
  /** Something may have to be written: hold the first byte until `settle` has answered. Called any number of times. */
  arm(): void
  /**
   * Whether the answer sends nothing but word that the client's copy is still good (304, RFC 9110 section 15.4.5): no secret
   * that is due travels with it. Asked when the answer is settled.
   */
  unchanged(): boolean
  /** Whether the first byte has left, or is on its way and cannot be held any more. */
  sent(): boolean
}

/** The head that a settled exchange adds to the answer. */
export interface Answer {
  /** Whole `Set-Cookie` values, at most one for each name. Added to the app's own, never instead of them. */
  readonly cookies: readonly string[]
  /** `no-store` where a cookie is set, `private` where a live session was looked at, `null` where there is nothing to say. */
  readonly cache: 'no-store' | 'private' | null
}

/** An answer that takes the place of the handler's: nothing of the handler's answer may leave. */
export interface Refusal {
  readonly status: number
  /** Lower-case names. `content-type` and `cache-control` are among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whole `Set-Cookie` values of what was finished before, such as a sign-in: they go with whatever answer is sent. */
  readonly cookies?: readonly string[]
  /** Why: the code is in it, and the cause where there was one. */
  readonly error: Error
}

/** One request and its answer, as an adapter sees it. */
export interface Exchange<S> {
  readonly session: S
  /**
   * Commits what the handler changed and decides the cookies. Never rejects. Where nothing is to be written the answer is
   * not a promise, so that an adapter can pass straight through on the same tick. Called once, before the first byte.
   */
  settle(): Awaitable<Answer | Refusal>
  /** Commits what was written after the first byte. Never rejects. Not a promise where nothing is to be written. */
  finish(): Awaitable<void>
}

/** What `open` answers: an exchange, a refusal to be sent at once, or `null` where this request gets no session. */
export type Opened<S> = { readonly exchange: Exchange<S> } | { readonly refusal: Refusal } | null

/** What an adapter needs of `createSessions`. */
export interface Doorway<S> {
  open(arrival: Arrival, wire?: Wire): Promise<Opened<S>>
  /** Where the session of this instance is kept on a request: one own symbol, no WeakMap. */
  readonly key: symbol
  /** The property under which handlers find the session, or `false`. */
  readonly property: string | false
}
