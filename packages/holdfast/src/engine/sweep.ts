import { judgeTime } from '../policy/timeouts.js'
import type { Engine } from './engine.js'
import { parseFacts } from './facts.js'
import { lifetimesOf } from './judge.js'

/** How many rows one call of a store's `sweep` claims. */
const BATCH = 500

/** Removes what is dead and raises `expired` for the sessions among it, each once across all nodes. Answers how many. */
export async function reapExpired(engine: Engine): Promise<number> {
  let reaped = 0
  for (;;) {
    const rows = await engine.acts.sweep(BATCH)
    reaped += rows.length
    const now = engine.now()
    for (const row of rows) {
      const facts = row.kind === 'session' && row.ended === null ? parseFacts(row.facts) : null
      if (facts === null) continue
      const time = judgeTime(lifetimesOf(row, facts, engine.timeouts), facts.createdAt, row.seenAt, now)
      const reason = time === 'absolute' ? 'absolute' : 'idle'
      engine.events.emit('expired', { at: now, handle: row.handle, user: row.user, reason })
    }
    if (rows.length < BATCH) return reaped
  }
}
