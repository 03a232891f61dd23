import type { Row } from '../../engine/row.js'

const NO_FIELDS: ReadonlyMap<string, string> = new Map()

/** A session as one request knows it. */
export class Held {
  readonly handle: string
  /** The row as last known; `null` where the request has made the session itself and not stored it yet. */
  row: Row | null
  /** The texts that the request's values are compared with: as it was given them, or as it wrote them last. */
  bases: ReadonlyMap<string, string>
  #last: Promise<unknown> = Promise.resolve()

  constructor(handle: string, row: Row | null = null) {
    this.handle = handle
    this.row = row
    this.bases = row?.fields ?? NO_FIELDS
  }

  /** What is there is what the request knows from now on. */
  take(row: Row | null): void {
    this.row = row
    this.bases = row?.fields ?? NO_FIELDS
  }

  /** One write after the other: two that begin from the same texts would make one change twice. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act)
    this.#last = turn
    return turn
  }
}
