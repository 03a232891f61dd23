import type { Awaitable, Store } from '../../src/engine/row.js'
import { eventLoopTurns } from './event-loop-turns.js'

/** The most turns of the event loop that an act, and then its answer, is under way. */
const MOST_TURNS = 3

/** A store that answers like one at the far end of a wire: each act arrives, and its answer too, some turns of the event loop later. */
export function unhurriedStore(store: Store, random: () => number): Store {
  const travel = (): Promise<void> => eventLoopTurns(Math.floor(random() * (MOST_TURNS + 1)))
  const send = async <T>(act: () => Awaitable<T>): Promise<T> => {
    await travel()
    const answer = await act()
    await travel()
    return answer
  }
  return {
    name: store.name,
    create: (row, now) => send(() => store.create(row, now)),
    get: (handle, now, fresh) => send(() => store.get(handle, now, fresh)),
    patch: (handle, patch, now) => send(() => store.patch(handle, patch, now)),
    end: (handle, ending, now) => send(() => store.end(handle, ending, now)),
    find: (index, now, cursor, limit) => send(() => store.find(index, now, cursor, limit)),
    close: () => store.close(),
  }
}
