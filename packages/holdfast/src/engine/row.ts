/**
 * What a store holds and what may be asked of it. A store imports this file and `errors.ts`, and nothing else of the
 * engine.
 *
 * To a store, `facts`, `keys` and the values of `fields` are opaque text: well-formed Unicode without U+0000. The engine
 * owns their meaning, so renewal, device binding or encryption never changes a store.
 */

/** Epoch milliseconds. */
export type Millis = number

/** A value, or a promise of it. A store that has the answer at hand need not make a promise. */
export type Awaitable<T> = T | PromiseLike<T>

/** Why a row was ended. `superseded` is the only reason that another may replace; the others are final. */
export type EndReason = 'superseded' | 'signed-out' | 'revoked' | 'expired' | 'reused' | 'stalled' | 'limit'

/** The tombstone's inscription. */
export interface Ended {
  readonly reason: EndReason
  /** The handle of the row that took this one's place, if one did. Set once: a row is superseded once. */
  readonly successor: string | null
  /** The store keeps the tombstone at least until then. */
  readonly until: Millis
  /** The `op` of the first act that ended the row. */
  readonly by: string
}

/**
 * One session, or one record that nodes share.
 *
 * Rows are values: a store never changes one that it has handed out, and nobody changes one that a store handed out.
 */
export interface Row {
  /** 128 random bits as 22 base64url characters. Permanent, never used again, not secret. */
  readonly handle: string
  /** `record` rows are what nodes share besides sessions: fences, used tokens. They are never listed and never evicted. */
  readonly kind: 'session' | 'record'
  /** Whom the row is for: 1 to 512 bytes, compared byte by byte; `null` is a visitor. Indexed. Never changes. */
  readonly user: string | null
  /** One further name under which rows are found, such as the session of an identity provider. Indexed. Never changes. */
  readonly link: string | null
  /** How and when the row came to be. Never changes. */
  readonly facts: string
  /** The state of the credential. Changes only by compare-and-set. */
  readonly keys: string
  /** Field name to text. A name is any string of 1 to 128 bytes but `__proto__`. */
  readonly fields: ReadonlyMap<string, string>
  /** Starts at 1 and grows by one with every patch that is applied. */
  readonly version: number
  readonly seenAt: Millis
  /** The moment from which a store may refuse and collect the row. */
  readonly expiresAt: Millis
  /** `null` while the row is live. */
  readonly ended: Ended | null
  /** The `op`s of the eight newest writes, oldest first. */
  readonly ops: readonly string[]
}

/** How many `op`s a row remembers. */
export const REMEMBERED_OPS = 8

/** The only way in which a live row changes. It never inserts. Every guard must hold, or nothing changes at all. */
export interface Patch {
  /** Fields to write. */
  readonly set?: ReadonlyMap<string, string>
  /** Fields to remove. Removing one that is absent is not an error. */
  readonly unset?: readonly string[]
  /** The store applies the larger of this and what is there. */
  readonly seenAt?: Millis
  /** The store applies the larger of this and what is there. */
  readonly expiresAt?: Millis
  readonly keys?: string
  /** Guard: the text that `keys` must have. */
  readonly ifKeys?: string
  /** Guard: for each field the text that it must have; `null` = it must be absent. */
  readonly ifFields?: ReadonlyMap<string, string | null>
  /**
   * Names this write: 16 base64url characters. The row keeps it with the seven before it; a patch whose `op` the row
   * still holds is refused, so that a late second copy changes nothing. Absent only where nothing but touches are written.
   */
  readonly op?: string
}

/** How a row is ended. */
export interface Ending {
  /** Names this act, as in {@link Patch.op}. */
  readonly op: string
  readonly reason: EndReason
  /** The handle of the row that takes its place. Kept only by the act that ends a live row. */
  readonly successor?: string
  /** The tombstone stands at least until then (the store applies the larger of this and what is there). */
  readonly until: Millis
  /** Guard, judged only while the row is live: the text that `keys` must have. */
  readonly ifKeys?: string
}

/** What `find` answers for each row: all but `keys`, `fields` and `ops`. */
export type Summary = Pick<Row, 'handle' | 'user' | 'link' | 'facts' | 'version' | 'seenAt' | 'expiresAt'>

/** Which rows `find` looks for. */
export type Index = { readonly user: string } | { readonly link: string } | { readonly all: true }

/** One page of `find`. `cursor` is `null` on the last one; a page may be empty and yet not be the last. */
export interface Page {
  readonly rows: readonly Summary[]
  readonly cursor: string | null
}

/**
 * Where rows live. Eight obligations, tested by the store kit:
 *
 * - **I1** only `create` inserts.
 * - **I2** a patch on a missing, ended or expired row changes nothing.
 * - **I3** no handle is used twice, not while its tombstone stands.
 * - **I4** `user`, `link` and `facts` never change.
 * - **I5** touches (`seenAt`, `expiresAt`) never go back.
 * - **I6** `keys` change only by compare-and-set.
 * - **I7** each row is ended once and swept at most once.
 * - **I8** acts are atomic: acts on one row have an order.
 *
 * `now` is always passed in; a store has no clock of its own. An act that fails throws whatever its driver threw: the
 * engine keeps it as the cause of its own error. An act that threw may have been carried out.
 */
export interface Store {
  /** Named in notices and errors: `memory`, `sqlite`, … */
  readonly name: string

  /** `true` if `get` without `fresh` may answer from a replica or a cache. Absent: every answer is the primary's. */
  readonly mayBeStale?: boolean

  /**
   * Inserts a row. Answers `true` if it was inserted, or if this very row (the same `keys`) is there and live, so that a
   * create of unknown outcome can be sent again. Replaces a row that is past its `expiresAt`. Answers `false`, and changes
   * nothing, where another live row or an unexpired tombstone (`until`) stands. One round trip.
   */
  create(row: Row, now: Millis): Awaitable<boolean>

  /**
   * The row, live or ended, or `null` if there is none; that is not an error. A row past its `expiresAt`, or a tombstone
   * past its `until`, may be answered or not: the engine judges. With `fresh` the primary answers. One round trip.
   */
  get(handle: string, now: Millis, fresh?: boolean): Awaitable<Row | null>

  /**
   * Changes a live row. Answers its new version; `null` = refused, and nothing was changed: the row is missing, ended or
   * past its `expiresAt`, a guard did not hold, or the row still holds the patch's `op`. One round trip.
   */
  patch(handle: string, patch: Patch, now: Millis): Awaitable<number | null>

  /**
   * Ends a row, and answers it as it is after the act. It was this act that ended it if `ended.by` is its `op`, also when
   * the act was sent twice.
   *
   * A live row gets `ended` with `by: op`. On a row that was ended a final reason replaces `superseded`; its `by` and its
   * `successor` stay as they were. A final reason erases the fields; `superseded` keeps them until the row is swept.
   *
   * `'guarded'`: the row is live, but `ifKeys` did not match. `null`: there is no such row, or it is past its `expiresAt`
   * and not ended. One or two round trips.
   */
  end(handle: string, ending: Ending, now: Millis): Awaitable<Row | 'guarded' | null>

  /**
   * Live sessions (never records), a page at a time: at most `limit`, none twice, none left out that was live throughout.
   * Within a page that holds also for a session that was replaced meanwhile: one of the two rows is in it, or else a
   * revocation would miss who is just stepping up. The order is the store's. Start with `cursor: null`. The cost does not
   * grow with the rows that are not asked for.
   */
  find(index: Index, now: Millis, cursor: string | null, limit: number): Awaitable<Page>

  /**
   * Claims up to `limit` dead rows, removes them and answers them, each to one caller: rows past their `expiresAt` that
   * were not ended, and tombstones past their `until` (with their `ended`). Absent where the server expires rows itself.
   */
  sweep?(now: Millis, limit: number): Awaitable<readonly Row[]>

  /** Releases what the store itself opened. Never closes a client that was handed to it. Calling it twice is not an error. */
  close(): Awaitable<void>
}
