import { type Acts, createActs } from '../../engine/acts.js'
import { TOMBSTONE } from '../../engine/chain.js'
import { HoldfastError } from '../../engine/errors.js'
import type { Change } from '../../engine/fields.js'
import { checkSize, patched } from '../../engine/plan.js'
import { newOp } from '../../engine/random.js'
import type { EndReason, Millis, Row, Summary } from '../../engine/row.js'
import { connectFacts, isConnectFacts } from './facts.js'
import type { Held } from './held.js'
import type { Settings } from './options.js'
import { changesBetween, patchOf } from './patch-of.js'
import { reaper } from './reaper.js'
import { endOf, momentsOf, type Snapshot, snapshotOf } from './snapshot.js'

/** How many rows are asked for at once. */
const PAGE = 500

/** The sessions of other libraries as rows. */
export class Records {
  readonly #acts: Acts
  readonly #now: () => Millis
  readonly #patience: Millis
  readonly #reap: () => void
  readonly #isOver: (row: Row) => boolean
  /** First writes that are under way: a row cannot be ended before it is there. */
  readonly #births = new Map<string, Promise<void>>()

  /** `isOver`: whether a row's session is over though the store still has it. */
  constructor({ store, now, storeTimeout, sweep }: Settings, isOver: (row: Row) => boolean) {
    this.#isOver = isOver
    this.#acts = createActs({ store, timeout: storeTimeout, now, failed: () => undefined })
    this.#now = now
    this.#patience = storeTimeout
    this.#reap = reaper(this.#acts, sweep)
  }

  /** Whether a row's session is to be had. */
  isLive(row: Row): boolean {
    return row.ended === null && !this.#isOver(row)
  }

  /** The row, ended or not. */
  get(handle: string): Promise<Row | null> {
    this.#reap()
    return this.#acts.get(handle, true)
  }

  /**
   * Stores a session. One that its request has read is changed where the request changed it, and only while it is there; one
   * that it has not read is created, or replaces what is there. What has ended stays ended, without an error.
   */
  save(held: Held, snapshot: Snapshot): Promise<void> {
    const turn = held.inTurn(async () => {
      if (held.row === null && (await this.#create(held, snapshot))) return
      if (held.row === null) return
      await this.#write(held, changesBetween(held.bases, snapshot.fields), snapshot)
      held.bases = snapshot.fields
    })
    return held.row === null ? this.#bear(held.handle, turn) : turn
  }

  /** Prolongs a session and writes this one field of it where it was changed. Never creates one. */
  touch(held: Held, snapshot: Snapshot, field: string): Promise<void> {
    return held.inTurn(async () => {
      if (held.row === null) {
        const row = await this.#acts.get(held.handle, true)
        if (row === null || !this.isLive(row)) return
        held.take(row)
      }
      const texts = new Map(held.bases)
      const text = snapshot.fields.get(field)
      if (text !== undefined) texts.set(field, text)
      await this.#write(held, changesBetween(held.bases, texts), snapshot)
      held.bases = texts
    })
  }

  /** Creates a row unless there is one. Answers the row that is there then, ended or not. */
  async move(handle: string, snapshot: Snapshot): Promise<Row | null> {
    const row = this.#newRow(handle, snapshot)
    return (await this.#acts.create(row)) ? row : this.#acts.get(handle, true)
  }

  /** Ends a row, at once and for good. Answers whether there was one. The tombstone stands at least until `until`. */
  async end(handle: string, reason: EndReason, until: Millis = 0): Promise<boolean> {
    await this.#births.get(handle)?.catch(() => undefined)
    const ending = { op: newOp(), reason, until: Math.max(until, this.#now() + TOMBSTONE) }
    return (await this.#acts.end(handle, ending)) !== null
  }

  /**
   * Ends a session that another store may have too. As long as the old record could come back, by a process that still writes
   * there, the tombstone stands: until the session's own end, or for `ttl` where it never came here. `isThere`: whether the old
   * store has it.
   */
  async endMoved(handle: string, ttl: Millis, isThere: () => Promise<boolean>): Promise<void> {
    const row = await this.get(handle)
    const until = row === null ? this.#now() + ttl : endOf(row)
    const ended = await this.end(handle, 'signed-out', until)
    if (!ended && (await isThere())) await this.#bury(handle, until)
  }

  /** Every session of these doors that the store still has, also one that is over. */
  async *all(): AsyncGenerator<Summary> {
    let cursor: string | null = null
    do {
      const page = await this.#acts.find({ all: true }, cursor, PAGE)
      for (const row of page.rows) if (isConnectFacts(row.facts)) yield row
      cursor = page.cursor
    } while (cursor !== null)
  }

  /** Sets a tombstone where no row ever was. */
  async #bury(handle: string, until: Millis): Promise<void> {
    // Its session is over before it is ended: nobody meets it in between.
    await this.#acts.create(this.#newRow(handle, snapshotOf(new Map(), 0, this.#now())))
    await this.end(handle, 'signed-out', until)
  }

  async #bear(handle: string, birth: Promise<void>): Promise<void> {
    this.#births.set(handle, birth)
    try {
      await birth
    } finally {
      if (this.#births.get(handle) === birth) this.#births.delete(handle)
    }
  }

  /** Creates the row of a session; or, where it is there already, makes the session a change of it. */
  async #create(held: Held, snapshot: Snapshot): Promise<boolean> {
    const row = this.#newRow(held.handle, snapshot)
    if (await this.#acts.create(row)) {
      held.take(row)
      return true
    }
    held.take(live(await this.#acts.get(held.handle, true)))
    return false
  }

  async #write(held: Held, changes: readonly Change[], snapshot: Snapshot): Promise<void> {
    const started = performance.now()
    const op = newOp()
    for (let row = held.row; row !== null; ) {
      const patch = patchOf(row, changes, op, momentsOf(snapshot))
      const version = await this.#acts.patch(held.handle, patch)
      if (version !== null) {
        held.row = patched(row, patch, version)
        return
      }
      if (patch.op === undefined) return
      if (performance.now() - started > this.#patience) throw conflict()
      row = live(await this.#acts.get(held.handle, true))
      if (row?.ops.includes(op)) {
        held.row = row
        return
      }
      if (row !== null && row.expiresAt <= this.#now()) return
    }
  }

  /** Throws `HOLDFAST_TOO_LARGE` for what no row can hold. */
  #newRow(handle: string, snapshot: Snapshot): Row {
    checkSize(new Map(), snapshot.fields)
    this.#reap()
    const op = newOp()
    return {
      handle,
      kind: 'session',
      user: null,
      link: null,
      facts: connectFacts(this.#now()),
      // There is no credential of ours: the text only tells this creation from any other.
      keys: `1${op}`,
      fields: snapshot.fields,
      version: 1,
      ...momentsOf(snapshot),
      ended: null,
      ops: [op],
    }
  }
}

function live(row: Row | null): Row | null {
  return row?.ended === null ? row : null
}

function conflict(): HoldfastError {
  return new HoldfastError(
    'HOLDFAST_CONFLICT',
    'other requests kept changing the same field until the time for this write was over. Nothing was written; try again.',
  )
}
