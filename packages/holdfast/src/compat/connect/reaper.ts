import type { Acts } from '../../engine/acts.js'
import type { Millis } from '../../engine/row.js'

/** How many rows one call of a store's `sweep` claims. */
const BATCH = 500

/**
 * Has dead rows removed now and then, from the first call on, give or take a fifth, so that the nodes of a fleet take
 * turns. It holds no process open.
 */
export function reaper(acts: Acts, every: Millis | null): () => void {
  let started = every === null || acts.store.sweep === undefined
  return () => {
    if (started) return
    started = true
    // What failed is tried again at the next turn.
    setInterval(() => void reap(acts).catch(() => undefined), Number(every) * (0.8 + 0.4 * Math.random())).unref()
  }
}

async function reap(acts: Acts): Promise<void> {
  while ((await acts.sweep(BATCH)).length === BATCH);
}
