import { HoldfastError } from '../engine/errors.js'
import {
  type Ending,
  type Index,
  type Millis,
  type Page,
  type Patch,
  REMEMBERED_OPS,
  type Row,
  type Store,
  type Summary,
} from '../engine/row.js'
import { deadAt, inscribed, isAllowed, isLive, patched, summary } from './acts.js'
import { PriorityQueue, type Queued } from './priority-queue.js'
import { Sequence } from './sequence.js'

/** Limits of a {@link memoryStore}. */
export interface MemoryOptions {
  /**
   * Live sessions held at once. Default 100,000. Beyond it the session that was seen longest ago makes room: a visitor's
   * while there is one, a user's only for another user's. Raise it where more users than this are signed in at a time.
   */
  readonly maxSessions?: number
  /**
   * Records held at once, and tombstones again as many. Default 10,000. Neither is ever forgotten before its time: beyond
   * the limit `create` throws. Raise it where more sessions than this end within ten minutes.
   */
  readonly maxRecords?: number
}

/** What a {@link memoryStore} holds at the moment, dead rows that were not collected yet included. */
export interface MemoryCounts {
  /** Live sessions without a user. */
  readonly visitors: number
  /** Live sessions of users. */
  readonly users: number
  readonly records: number
  /** Ended sessions. */
  readonly tombstones: number
}

/** A store in this process' memory. Every act is answered at once, without a promise. */
export interface MemoryStore extends Store {
  counts(): MemoryCounts
  create(row: Row, now: Millis): boolean
  get(handle: string): Row | null
  patch(handle: string, patch: Patch, now: Millis): number | null
  end(handle: string, ending: Ending, now: Millis): Row | 'guarded' | null
  find(index: Index, now: Millis, cursor: string | null, limit: number): Page
  sweep(now: Millis, limit: number): readonly Row[]
  close(): void
}

/**
 * Keeps rows in the memory of this process: for one process, for development and for tests. They are gone when it ends.
 *
 * It is bounded whatever is sent to it. Dead rows leave by themselves, also where nobody calls `sweep`.
 *
 * - When `maxSessions` are live, the visitor seen longest ago makes room, and a user's session never for a visitor's: a
 *   visitor's `create` then throws `HOLDFAST_STORE_FULL`. Among users the one seen longest ago makes room.
 * - When there are `maxRecords` records, the `create` of another throws `HOLDFAST_STORE_FULL`.
 * - `end` never fails. When there are `maxRecords` tombstones, visitors' `create` throws `HOLDFAST_STORE_FULL`, so that
 *   visitors cannot use up what users need; each further tombstone takes the place of one session until it leaves.
 *
 * Throws `HOLDFAST_CONFIG` where a limit is not a whole number above 0.
 */
export function memoryStore(options: MemoryOptions = {}): MemoryStore {
  return new Memory(limit('maxSessions', options.maxSessions, 100_000), limit('maxRecords', options.maxRecords, 10_000))
}

function limit(name: string, value: number | undefined, standard: number): number {
  const chosen = value ?? standard
  if (Number.isSafeInteger(chosen) && chosen > 0) return chosen
  throw new HoldfastError('HOLDFAST_CONFIG', `memoryStore: ${name} is ${chosen}; give it a whole number above 0`)
}

/** A row and where it stands. Rows are values: a change puts another one here. */
interface Place {
  row: Row
  /** Grows from row to row; the cursor of `find`. */
  readonly number: number
  /** Among the visitors or the users by when they were seen; `null` where the row is no live session. */
  seen: Queued<Place> | null
  /** Among all rows by when they are dead. */
  death: Queued<Place> | null
}

const NO_FIELDS: ReadonlyMap<string, string> = new Map()

/** How many dead rows an act collects in passing: two, so that they leave faster than rows can come. */
const COLLECTED_PER_ACT = 2

class Memory implements MemoryStore {
  readonly name = 'memory'
  readonly #maxSessions: number
  readonly #maxRecords: number
  readonly #places = new Map<string, Place>()
  // Both queues are lazy: a touch only makes a row seen and dead later, so it is moved when it comes first, not before.
  readonly #visitors = new PriorityQueue<Place>()
  readonly #users = new PriorityQueue<Place>()
  readonly #deaths = new PriorityQueue<Place>()
  readonly #sessions = new Sequence<Place>()
  readonly #byUser = new Map<string, Sequence<Place>>()
  readonly #byLink = new Map<string, Sequence<Place>>()
  /** Expired sessions that were collected in passing and that `sweep` has still to answer. Without their fields. */
  readonly #unswept: Row[] = []
  #records = 0
  #tombstones = 0
  #number = 0

  constructor(maxSessions: number, maxRecords: number) {
    this.#maxSessions = maxSessions
    this.#maxRecords = maxRecords
  }

  counts(): MemoryCounts {
    const [visitors, users] = [this.#visitors.size, this.#users.size]
    return { visitors, users, records: this.#records, tombstones: this.#tombstones }
  }

  create(row: Row, now: Millis): boolean {
    this.#collect(now)
    const there = this.#places.get(row.handle)
    if (there !== undefined) {
      if (deadAt(there.row) > now) return there.row.ended === null && there.row.keys === row.keys
      this.#bury(there)
    }
    this.#makeRoom(row, now)
    this.#insert({ ...row, fields: new Map(row.fields), ops: row.ops.slice(-REMEMBERED_OPS), ended: null })
    return true
  }

  get(handle: string): Row | null {
    return this.#places.get(handle)?.row ?? null
  }

  patch(handle: string, patch: Patch, now: Millis): number | null {
    this.#collect(now)
    const place = this.#places.get(handle)
    if (place === undefined || !isLive(place.row, now) || !isAllowed(place.row, patch)) return null
    place.row = patched(place.row, patch)
    return place.row.version
  }

  end(handle: string, ending: Ending, now: Millis): Row | 'guarded' | null {
    this.#collect(now)
    const place = this.#places.get(handle)
    if (place === undefined) return null
    const { row } = place
    if (row.ended === null) {
      if (row.expiresAt <= now) return null
      if (ending.ifKeys !== undefined && ending.ifKeys !== row.keys) return 'guarded'
      this.#leave(place)
      if (row.kind === 'session') this.#tombstones += 1
    }
    const ended = inscribed(row.ended, ending)
    place.row = { ...row, ended, fields: ended.reason === 'superseded' ? row.fields : NO_FIELDS }
    if (place.death !== null) this.#deaths.move(place.death, ended.until)
    return place.row
  }

  find(index: Index, now: Millis, cursor: string | null, limit: number): Page {
    const rows: Summary[] = []
    let last = cursor === null ? 0 : Number(cursor)
    for (const { row, number } of this.#found(index)?.after(last) ?? []) {
      if (row.expiresAt <= now) continue
      if (rows.length >= limit) return { rows, cursor: String(last) }
      rows.push(summary(row))
      last = number
    }
    return { rows, cursor: null }
  }

  sweep(now: Millis, limit: number): readonly Row[] {
    const rows = this.#unswept.splice(0, limit)
    while (rows.length < limit) {
      const place = this.#firstDead(now)
      if (place === undefined) break
      this.#remove(place)
      rows.push(place.row)
    }
    return rows
  }

  /** Nothing was opened. The rows stay, for whoever else was given this store. */
  close(): void {}

  #found(index: Index): Sequence<Place> | undefined {
    if ('user' in index) return this.#byUser.get(index.user)
    if ('link' in index) return this.#byLink.get(index.link)
    return this.#sessions
  }

  /** Makes room for a row, or throws. Sessions and superfluous tombstones never exceed `maxSessions` together. */
  #makeRoom(row: Row, now: Millis): void {
    while (!this.#hasRoom(row)) {
      const dead = this.#firstDead(now)
      if (dead === undefined) break
      this.#bury(dead)
    }
    if (this.#hasRoom(row)) return
    if (row.kind === 'record') throw full(`${this.#records} records`, 'maxRecords')
    const ended = `${this.#tombstones} sessions that ended a short while ago`
    if (row.user === null && this.#tombstones >= this.#maxRecords) throw full(ended, 'maxRecords')
    const place = longestUnseen(this.#visitors) ?? (row.user === null ? undefined : longestUnseen(this.#users))
    if (place !== undefined) this.#remove(place)
    else if (row.user === null) throw full(`${this.#users.size} sessions of users`, 'maxSessions')
    else throw full(ended, 'maxRecords')
  }

  #hasRoom(row: Row): boolean {
    if (row.kind === 'record') return this.#records < this.#maxRecords
    if (row.user === null && this.#tombstones >= this.#maxRecords) return false
    const superfluous = Math.max(0, this.#tombstones - this.#maxRecords)
    return this.#visitors.size + this.#users.size + superfluous < this.#maxSessions
  }

  #insert(row: Row): void {
    this.#number += 1
    const place: Place = { row, number: this.#number, seen: null, death: null }
    this.#places.set(row.handle, place)
    place.death = this.#deaths.add(place, row.expiresAt)
    if (row.kind === 'record') {
      this.#records += 1
      return
    }
    place.seen = (row.user === null ? this.#visitors : this.#users).add(place, row.seenAt)
    this.#sessions.add(place.number, place)
    if (row.user !== null) enter(this.#byUser, row.user, place)
    if (row.link !== null) enter(this.#byLink, row.link, place)
  }

  /** A session stops being a live one. */
  #leave(place: Place): void {
    if (place.seen === null) return
    const { row } = place
    ;(row.user === null ? this.#visitors : this.#users).remove(place.seen)
    place.seen = null
    this.#sessions.remove(place.number)
    if (row.user !== null) strike(this.#byUser, row.user, place)
    if (row.link !== null) strike(this.#byLink, row.link, place)
  }

  #remove(place: Place): void {
    this.#leave(place)
    this.#places.delete(place.row.handle)
    if (place.death !== null) this.#deaths.remove(place.death)
    if (place.row.kind === 'record') this.#records -= 1
    else if (place.row.ended !== null) this.#tombstones -= 1
  }

  /** Removes a dead row. A session that expired is kept for the next `sweep`, as long as somebody calls it. */
  #bury(place: Place): void {
    this.#remove(place)
    const { row } = place
    if (row.kind === 'record' || row.ended !== null || this.#unswept.length >= this.#maxRecords) return
    this.#unswept.push({ ...row, fields: NO_FIELDS })
  }

  #collect(now: Millis): void {
    for (let count = 0; count < COLLECTED_PER_ACT; count += 1) {
      const place = this.#firstDead(now)
      if (place === undefined) return
      this.#bury(place)
    }
  }

  #firstDead(now: Millis): Place | undefined {
    for (let first = this.#deaths.first(); first !== undefined && first.at <= now; first = this.#deaths.first()) {
      const at = deadAt(first.item.row)
      if (at <= now) return first.item
      this.#deaths.move(first, at)
    }
    return undefined
  }
}

function longestUnseen(queue: PriorityQueue<Place>): Place | undefined {
  for (let first = queue.first(); first !== undefined; first = queue.first()) {
    const { seenAt } = first.item.row
    if (seenAt <= first.at) return first.item
    queue.move(first, seenAt)
  }
  return undefined
}

function enter(index: Map<string, Sequence<Place>>, key: string, place: Place): void {
  const places = index.get(key) ?? new Sequence<Place>()
  places.add(place.number, place)
  index.set(key, places)
}

function strike(index: Map<string, Sequence<Place>>, key: string, place: Place): void {
  const places = index.get(key)
  places?.remove(place.number)
  if (places?.size === 0) index.delete(key)
}

function full(of: string, option: string): HoldfastError {
  return new HoldfastError('HOLDFAST_STORE_FULL', `memoryStore is full of ${of}; raise ${option} or use a database`)
}
