import type { Awaitable, Store } from '../../engine/row.js'

/** The acts of a store that a test can delay or break. */
export type ActName = 'create' | 'get' | 'patch' | 'end' | 'find'

/** A store that lets a test see, delay and break its acts. */
export interface WatchedStore extends Store {
  /** The acts that were asked for, in order. */
  readonly acts: ActName[]
  /** Called before each act; the act waits for it, and fails if it throws. */
  before: (act: ActName) => Awaitable<void>
}

/** Puts a watch on a store. */
export function watched(store: Store): WatchedStore {
  const acts: ActName[] = []
  async function act<T>(name: ActName, carryOut: () => Awaitable<T>): Promise<T> {
    acts.push(name)
    await self.before(name)
    return carryOut()
  }
  const self: WatchedStore = {
    name: store.name,
    acts,
    before: () => undefined,
    create: (row, now) => act('create', () => store.create(row, now)),
    get: (handle, now, fresh) => act('get', () => store.get(handle, now, fresh)),
    patch: (handle, patch, now) => act('patch', () => store.patch(handle, patch, now)),
    end: (handle, ending, now) => act('end', () => store.end(handle, ending, now)),
    find: (index, now, cursor, limit) => act('find', () => store.find(index, now, cursor, limit)),
    close: () => store.close(),
  }
  return self
}
