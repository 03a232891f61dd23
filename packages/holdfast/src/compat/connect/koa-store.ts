import type { Awaitable, Store } from '../../engine/row.js'
import { handleOf } from './handle-of.js'
import { Held } from './held.js'
import { koaData, koaSnapshot } from './koa-fields.js'
import { type ConnectOptions, settingsOf } from './options.js'
import { Records } from './records.js'
import { endOf, isMillis } from './snapshot.js'

/** What koa-session tells of the request that it asks for. */
export interface KoaStoreContext {
  /** By it the store knows again what it has given to this request. */
  readonly ctx?: object
  readonly rolling?: boolean
  readonly changed?: boolean
}

/** A store that koa-session has used so far. */
export interface OldKoaStore {
  get(key: string, maxAge: number, context: never): Awaitable<object | null | undefined>
  destroy(key: string, context: never): Awaitable<unknown>
}

/** Options of a {@link koaStore}. */
export interface KoaStoreOptions extends ConnectOptions {
  /**
   * The store that sessions come from. One that is not here yet is read there once, and is from then on here; the old record
   * stays until its own end. `destroy` goes to both, and what was destroyed here is not read there again. Default: none.
   */
  readonly from?: OldKoaStore
}

/** What koa-session is given as `store`. */
export interface KoaStore {
  /** A session by its key; `undefined` where there is none, or where it is over. */
  get(key: string, maxAge?: number | 'session', context?: KoaStoreContext): Promise<Record<string, unknown> | undefined>
  /**
   * Stores a session for `maxAge` milliseconds, or for `ttl` where that is no number. One that this request has read is
   * changed where the request changed it, and stays away if it was destroyed meanwhile. Any other is created, or replaces
   * what is there as a whole.
   */
  set(key: string, session: object, maxAge?: number | 'session', context?: KoaStoreContext): Promise<void>
  /** Ends a session. Whoever still holds it cannot write it back. None there is no error. */
  destroy(key: string, context?: KoaStoreContext): Promise<void>
}

/**
 * Any store of holdfast as an external store for koa-session 7, unmodified.
 *
 * ```ts
 * app.use(session({ store: koaStore(redisStore(client)) }, app))
 * ```
 *
 * - Requests beside each other lose nothing: each writes what it changed, property by property, merged within a property.
 * - What was destroyed stays destroyed, also if a slower request saves it later.
 * - Keys are hashed: nobody who reads the store can use what it says.
 *
 * Throws `HOLDFAST_CONFIG` for what is no store, and for a duration that is none. Acts fail as those of `connectStore`.
 */
export function koaStore(store: Store, options: KoaStoreOptions = {}): KoaStore {
  const settings = settingsOf(store, options, 'koaStore')
  const { now, ttl } = settings
  const records = new Records(settings, (row) => endOf(row) <= now())
  const from = options.from ?? null
  const known = new WeakMap<object, Map<string, Held>>()

  const lasting = (maxAge: unknown): number => (isMillis(maxAge) ? maxAge : ttl)

  const remember = (ctx: object | undefined, held: Held): Held => {
    if (ctx === undefined) return held
    const ofRequest = known.get(ctx) ?? new Map<string, Held>()
    known.set(ctx, ofRequest.set(held.handle, held))
    return held
  }

  const old = async (key: string, maxAge: unknown, context: object): Promise<object | null> =>
    (await from?.get(key, maxAge as number, context as never)) ?? null

  const move = async (key: string, handle: string, maxAge: unknown, context: object) => {
    const session = await old(key, maxAge, context)
    return session === null ? null : records.move(handle, koaSnapshot(session, lasting(maxAge), now()))
  }

  return {
    async get(key, maxAge, context = {}) {
      const handle = handleOf(key)
      const row = (await records.get(handle)) ?? (await move(key, handle, maxAge, context))
      if (row === null || !records.isLive(row)) return undefined
      remember(context.ctx, new Held(handle, row))
      return koaData(row)
    },

    async set(key, session, maxAge, { ctx } = {}) {
      const handle = handleOf(key)
      const held = (ctx && known.get(ctx)?.get(handle)) ?? remember(ctx, new Held(handle))
      await records.save(held, koaSnapshot(session, lasting(maxAge), now()))
    },

    async destroy(key, context = {}) {
      const handle = handleOf(key)
      if (from === null) {
        await records.end(handle, 'signed-out')
        return
      }
      await records.endMoved(handle, ttl, async () => (await old(key, undefined, context)) !== null)
      await from.destroy(key, context as never)
    },
  }
}
