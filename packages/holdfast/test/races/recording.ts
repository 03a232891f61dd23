import type { Awaitable, Row, Store } from '../../src/engine/row.js'
import type { Act, Call } from '../../src/testing/act.js'

/** An act as it went over the wire. */
export interface Sighting {
  readonly act: Act
  /** The moment at which it was asked for, on the recording's own clock, which ticks once at each event. */
  readonly sent: number
  /** The moment at which its answer, or its failure, was there. The store carried it out in between. */
  readonly answered: number
  readonly answer?: unknown
  readonly thrown?: unknown
}

/**
 * What the processes of one run asked of the store, and when. All processes run on one thread, so its moments are true: an
 * answer that has a lower one than a question was there before the question was asked.
 */
export class Recording {
  readonly sightings: Sighting[] = []
  /** The rows that were created, by the process that did; in the order in which they were asked for. */
  readonly created: { readonly process: string; readonly row: Row }[] = []
  readonly #asked = new Map<string, number>()
  #clock = 0

  /** The process' own way to a store. */
  of(process: string, store: Store): Store {
    const see = <T>(call: Call, handle: string | null, ask: () => Awaitable<T>): Promise<T> =>
      this.#see(process, call, handle, ask)
    return {
      name: store.name,
      create: (row, now) => {
        this.created.push({ process, row })
        return see({ kind: 'create', row }, row.handle, () => store.create(row, now))
      },
      get: (handle, now, fresh) => see({ kind: 'get', handle }, handle, () => store.get(handle, now, fresh)),
      patch: (handle, patch, now) =>
        see({ kind: 'patch', handle, patch }, handle, () => store.patch(handle, patch, now)),
      end: (handle, ending, now) => see({ kind: 'end', handle, ending }, handle, () => store.end(handle, ending, now)),
      find: (index, now, cursor, limit) =>
        see({ kind: 'find', index }, null, () => store.find(index, now, cursor, limit)),
      close: () => undefined,
    }
  }

  /** A moment of a process: it lies between the acts that were answered before it and those that are asked for after it. */
  async moment(process: string, name: string): Promise<void> {
    await this.#see(process, { kind: 'moment', name, conflicts: () => true }, null, () => undefined)
  }

  async #see<T>(process: string, call: Call, handle: string | null, ask: () => Awaitable<T>): Promise<T> {
    const ordinal = this.#asked.get(process) ?? 0
    this.#asked.set(process, ordinal + 1)
    const key = `${process}:${ordinal}`
    const act: Act = { key, thread: process, process, ordinal, call, handle, found: null, after: -1, idle: false }
    const sent = this.#clock++
    try {
      const answer = await ask()
      this.sightings.push({ act, sent, answered: this.#clock++, answer })
      return answer
    } catch (thrown) {
      this.sightings.push({ act, sent, answered: this.#clock++, thrown })
      throw thrown
    }
  }
}
