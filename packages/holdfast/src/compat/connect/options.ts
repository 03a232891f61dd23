import { HoldfastError } from '../../engine/errors.js'
import type { Millis, Store } from '../../engine/row.js'
import { type Duration, duration } from '../../policy/duration.js'

/** What `connectStore` and `koaStore` have in common. */
export interface ConnectOptions {
  /**
   * How long a session lasts that does not say so itself, since it was last seen: one whose cookie ends with the browser.
   * Default `'1d'`. Coming from another store, give at least what it had.
   */
  readonly ttl?: Duration
  /** The deadline of one act of the store. Default `'5s'`. */
  readonly storeTimeout?: Duration
  /**
   * How often dead rows are removed, where the server does not do it itself. Default `'5m'`. `false` leaves it to
   * `createSessions` on the same store, which tells of sessions that have expired, or to a job.
   */
  readonly sweep?: Duration | false
  /** Answers epoch milliseconds. Default `Date.now`. */
  readonly now?: () => Millis
}

/** The options, resolved. */
export interface Settings {
  readonly store: Store
  readonly ttl: Millis
  readonly storeTimeout: Millis
  readonly sweep: Millis | null
  readonly now: () => Millis
}

/** Throws `HOLDFAST_CONFIG` for what is no store, and for a duration that is none. */
export function settingsOf(store: Store, options: ConnectOptions, caller: string): Settings {
  const { ttl = '1d', storeTimeout = '5s', sweep = '5m', now = Date.now } = options
  if (typeof store?.patch !== 'function') {
    throw new HoldfastError(
      'HOLDFAST_CONFIG',
      `${caller} was given no store of holdfast; give it one, such as ${caller}(redisStore(client)).`,
    )
  }
  return {
    store,
    ttl: duration(ttl),
    storeTimeout: duration(storeTimeout),
    sweep: sweep === false ? null : duration(sweep),
    now,
  }
}
