import type { Awaitable, Row, Store } from '../engine/row.js'

/** A setup that ran once and can be had again and again. */
export interface RecordedSetup<C> {
  /** What the setup answered. */
  readonly context: C
  /** The sessions' rows that it created, in their order. */
  readonly rows: readonly Row[]
  /** A store of its own that holds what the setup wrote. */
  fresh(this: void): Promise<Store>
}

/**
 * Runs a setup once and keeps its writes: they are repeated on every fresh store, so that all begin with the very same rows
 * and no secret is made twice.
 */
export async function recordSetup<C>(
  empty: () => Store,
  setup: (store: Store) => Awaitable<C>,
): Promise<RecordedSetup<C>> {
  const writes: ((store: Store) => unknown)[] = []
  const rows: Row[] = []
  const first = empty()
  const repeat = <T>(write: (store: Store) => T): T => {
    writes.push(write)
    return write(first)
  }
  const recorder: Store = {
    name: first.name,
    create(row, now) {
      if (row.kind === 'session') rows.push(row)
      return repeat((store) => store.create(row, now))
    },
    get: (handle, now, fresh) => first.get(handle, now, fresh),
    patch: (handle, patch, now) => repeat((store) => store.patch(handle, patch, now)),
    end: (handle, ending, now) => repeat((store) => store.end(handle, ending, now)),
    find: (index, now, cursor, limit) => first.find(index, now, cursor, limit),
    close: () => undefined,
  }
  const context = await setup(recorder)
  return {
    context,
    rows,
    async fresh() {
      const store = empty()
      for (const write of writes) await write(store)
      return store
    },
  }
}
