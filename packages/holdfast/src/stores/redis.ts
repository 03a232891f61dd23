import { HoldfastError } from '../engine/errors.js'
import type { Ending, Index, Millis, Page, Patch, Row, Store, Summary } from '../engine/row.js'
import { checkedOp } from './op.js'
import { type RedisClient, type RedisWire, wireOf } from './redis-client.js'
import { GROUPS, type Owners, RedisKeys } from './redis-keys.js'
import { fieldName, hashOf, rowOf, SUMMARY_FIELDS, sessionOf } from './redis-row.js'
import { CREATE, END, PATCH, run } from './redis-scripts.js'
import { sweepRows } from './redis-sweep.js'
import { addTo, tidyIndex } from './redis-tidy.js'
import { type WaitOptions, type WaitSettings, waitForReplicas, waitSettings } from './redis-wait.js'

export type { IoRedisClient, NodeRedisClient, NodeRedisCluster, NodeRedisSentinel } from './redis-client.js'
export type { RedisClient, WaitOptions }

/** Options of a {@link redisStore}. */
export interface RedisOptions {
  /**
   * Begins every key. Default `holdfast:`; 1 to 64 letters, digits and `_`, `.`, `:`, `/`, `-`. Another one keeps two apps
   * apart that share a server.
   */
  readonly prefix?: string
  /**
   * Has `end`, and every write to a record (a fence is one), wait until so many replicas have it: a primary that fails
   * may otherwise take an acknowledged sign-out with it. In a cluster a new session's entry in the index of its user waits
   * too, without which `revoke` would not find it. Default: nothing waits. Where too few confirm in time the act throws
   * `HOLDFAST_UNKNOWN_OUTCOME`. While it waits, other commands wait behind it on the same connection.
   */
  readonly wait?: WaitOptions
  /** Receives each notice about the client's settings, once, at the first act. Default `console.warn`. */
  readonly log?: (text: string) => void
}

/**
 * Keeps rows in Redis 6.2 or newer, or Valkey: one server, one that Sentinels watch over, or a cluster. The client is the
 * caller's, connected by the caller and never closed here.
 *
 * What it sends, with the default prefix, `g` for the first character of a handle and `h` for the rest. The scripts are in
 * `redis-scripts.ts`, what a row's hash holds in `redis-row.ts`:
 *
 * | act | commands |
 * | --- | --- |
 * | `get` | `HGETALL holdfast:{gr}h` |
 * | `create` | `EVALSHA create holdfast:{gr}h holdfast:{gr}due holdfast:{gr}all holdfast:user:… holdfast:link:…`, the last two where the session has them; in a cluster without them, then a `ZADD` to each |
 * | `patch` | `EVALSHA patch holdfast:{gr}h holdfast:{gr}due` |
 * | `end` | `EVALSHA end holdfast:{gr}h holdfast:{gr}due holdfast:{gr}all` |
 * | `find` | `ZRANGEBYLEX holdfast:user:… (handle + LIMIT 0 n` (or of a `link:`, or of one `all` after the other), then `HMGET holdfast:{gr}h m e i a` for each row |
 * | `sweep` | `ZRANGEBYSCORE holdfast:{gr}due -inf now LIMIT 0 n` for each of the 64 `g`, `EVALSHA claim` with the keys of `end` for each that is due, then a `ZREM` for each index of its owners, one for `due`, and an `HMGET` |
 *
 * The braces keep a row and the two sets of its group in one slot. The indexes of users and links lie in slots of their own:
 * a live row is in them from the moment `create` has answered; what they name besides, `find` takes out when it meets it, and
 * the `sweep` what has expired.
 *
 * An acknowledged write is lost where a primary fails before a replica has it: Redis replicates afterwards. `wait` makes
 * that unlikely for what ends sessions.
 *
 * Throws `HOLDFAST_CONFIG` for a bad option or client; an act throws `HOLDFAST_STORE` after `close()`,
 * `HOLDFAST_UNKNOWN_OUTCOME` where `wait` was in vain, and else what the client throws.
 */
export function redisStore(client: RedisClient, options: RedisOptions = {}): Store {
  const { prefix = 'holdfast:', wait, log = (text) => console.warn(text) } = options
  return new Redis(wireOf(client), new RedisKeys(prefix), wait === undefined ? null : waitSettings(wait), log)
}

class Redis implements Store {
  readonly name = 'redis'
  readonly #wire: RedisWire
  readonly #keys: RedisKeys
  readonly #wait: WaitSettings | null
  #log: ((text: string) => void) | null
  #closed = false

  constructor(wire: RedisWire, keys: RedisKeys, wait: WaitSettings | null, log: (text: string) => void) {
    this.#wire = wire
    this.#keys = keys
    this.#wait = wait
    this.#log = log
  }

  async create(row: Row, now: Millis): Promise<boolean> {
    const wire = this.#ready()
    const keys = this.#keysOf(row.handle)
    const indexes: string[] = []
    if (row.kind === 'session' && row.user !== null) indexes.push(this.#keys.user(row.user))
    if (row.kind === 'session' && row.link !== null) indexes.push(this.#keys.link(row.link))
    const args = [String(now), row.handle, row.keys, String(row.expiresAt), ...hashOf(row)]
    const answer = await run(wire, CREATE, wire.cluster ? keys : [...keys, ...indexes], args)
    if (Number(answer) !== 1) return false
    if (wire.cluster) await Promise.all(indexes.map((index) => this.#enter(index, row.handle)))
    if (row.kind === 'record') await this.#replicated(wire, row.handle, 'k', row.keys)
    return true
  }

  async get(handle: string): Promise<Row | null> {
    const key = this.#keys.row(handle)
    return rowOf(handle, await this.#ready().send(key, ['HGETALL', key]))
  }

  async patch(handle: string, patch: Patch, now: Millis): Promise<number | null> {
    if (patch.keys !== undefined && patch.ifKeys === undefined) return null
    const wire = this.#ready()
    const answer = await run(wire, PATCH, this.#keysOf(handle).slice(0, 2), patchArgs(handle, patch, now))
    if (answer === null) return null
    const [kind, version] = [String(answer).charAt(0), Number(String(answer).slice(1))]
    if (kind === 'r') await this.#replicated(wire, handle, 'm', patch.op ?? '')
    return version
  }

  async end(handle: string, ending: Ending, now: Millis): Promise<Row | 'guarded' | null> {
    const wire = this.#ready()
    const { op, reason, successor = '', until, ifKeys } = ending
    const guard = ifKeys === undefined ? ['', ''] : ['if', ifKeys]
    const args = [String(now), handle, checkedOp(op), reason, successor, String(until), ...guard]
    const answer = await run(wire, END, this.#keysOf(handle), args)
    if (answer === null) return null
    if (typeof answer !== 'object') return 'guarded'
    await this.#replicated(wire, handle, 'e', '')
    return rowOf(handle, answer)
  }

  async find(index: Index, now: Millis, cursor: string | null, limit: number): Promise<Page> {
    const wire = this.#ready()
    const owners: Owners | null =
      'user' in index ? { user: index.user, link: null } : 'link' in index ? { user: null, link: index.link } : null
    for (;;) {
      const handles =
        owners === null
          ? await this.#allAfter(wire, cursor, limit)
          : await handlesIn(wire, ownersKey(this.#keys, owners), cursor, limit)
      const rows: Summary[] = []
      const found = await Promise.all(handles.map((handle) => this.#session(wire, handle)))
      const stale: string[] = []
      for (const [at, session] of found.entries()) {
        if (session === null || !isTheirs(session, owners)) stale.push(handles[at] as string)
        // One that is over for us may not be for a process whose clock is behind, and lives on there: the sweep decides.
        else if (session.expiresAt > now) rows.push(session)
      }
      if (owners === null || stale.length === 0) {
        return { rows, cursor: handles.length < limit ? null : (handles.at(-1) ?? null) }
      }
      await Promise.all(stale.map((handle) => tidyIndex(wire, this.#keys, { handle, owners, due: false })))
      // One of them may have been replaced since the index was read, by a row that was not in it: the page is read again.
    }
  }

  sweep(now: Millis, limit: number): Promise<readonly Row[]> {
    return sweepRows(this.#ready(), this.#keys, now, limit)
  }

  close(): void {
    this.#closed = true
  }

  /** Enters a session in an index that lies on another node than the row, and may be lost without it. */
  async #enter(index: string, handle: string): Promise<void> {
    await addTo(this.#wire, index, handle)
    if (this.#wait === null) return
    const command = ['ZSCORE', index, handle]
    await waitForReplicas(this.#wire, index, this.#wait, { command, shows: (score) => score !== null })
  }

  /** Waits until replicas have the row, one of whose fields then holds this text. */
  async #replicated(wire: RedisWire, handle: string, field: string, text: string): Promise<void> {
    if (this.#wait === null) return
    const key = this.#keys.row(handle)
    const command = ['HGET', key, field]
    await waitForReplicas(wire, key, this.#wait, {
      command,
      shows: (found) => found !== null && String(found).includes(text),
    })
  }

  #keysOf(handle: string): string[] {
    return [this.#keys.row(handle), this.#keys.due(handle), this.#keys.all(handle)]
  }

  async #session(wire: RedisWire, handle: string): Promise<Summary | null> {
    const key = this.#keys.row(handle)
    return sessionOf(handle, await wire.send(key, ['HMGET', key, ...SUMMARY_FIELDS]))
  }

  /** The handles of one group after the other; of ever more at once, so that a small store is not asked 64 times in turn. */
  async #allAfter(wire: RedisWire, cursor: string | null, limit: number): Promise<readonly string[]> {
    const handles: string[] = []
    let group = cursor === null ? 0 : GROUPS.indexOf(cursor.charAt(0))
    let after = cursor
    for (let width = 1; group < GROUPS.length && handles.length < limit; width *= 2) {
      const groups = [...GROUPS.slice(group, group + width)]
      const most = limit - handles.length
      const parts = await Promise.all(groups.map((one) => handlesIn(wire, this.#keys.all(one), after, most)))
      handles.push(...parts.flat())
      group += width
      after = null
    }
    return handles.slice(0, limit)
  }

  #ready(): RedisWire {
    if (this.#closed) throw new HoldfastError('HOLDFAST_STORE', 'redisStore was closed; create another one to go on')
    if (this.#log !== null) {
      const log = this.#log
      this.#log = null
      for (const notice of this.#wire.notices) log(`holdfast: redisStore: ${notice}`)
    }
    return this.#wire
  }
}

function patchArgs(handle: string, patch: Patch, now: Millis): string[] {
  const present: string[] = []
  const absent: string[] = []
  for (const [name, text] of patch.ifFields ?? []) {
    if (text === null) absent.push(fieldName(name))
    else present.push(fieldName(name), text)
  }
  const unset = (patch.unset ?? []).map(fieldName)
  const args = [
    String(now),
    handle,
    patch.op === undefined ? '' : checkedOp(patch.op),
    patch.seenAt === undefined ? '' : String(patch.seenAt),
    patch.expiresAt === undefined ? '' : String(patch.expiresAt),
    patch.ifKeys === undefined ? '' : patch.keys === undefined ? 'if' : 'set',
    patch.ifKeys ?? '',
    patch.keys ?? '',
    String(present.length / 2),
    String(absent.length),
    String(unset.length),
    ...present,
    ...absent,
    ...unset,
  ]
  for (const [name, text] of patch.set ?? []) args.push(fieldName(name), text)
  return args
}

async function handlesIn(
  wire: RedisWire,
  key: string,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const from = after === null ? '-' : `(${after}`
  return (await wire.send(key, ['ZRANGEBYLEX', key, from, '+', 'LIMIT', '0', String(limit)])) as string[]
}

function ownersKey(keys: RedisKeys, { user, link }: Owners): string {
  return user === null ? keys.link(link ?? '') : keys.user(user)
}

function isTheirs(session: Summary, owners: Owners | null): boolean {
  if (owners === null) return true
  return owners.user === null ? session.link === owners.link : session.user === owners.user
}
