import { PriorityQueue } from '../../src/stores/priority-queue.js'

/** What happens when, in a world whose time passes only from one event to the next. */
export interface Agenda {
  now(this: void): number
  /** Plans an event so many milliseconds from now. */
  in(this: void, delay: number, event: () => Promise<void> | void): void
  /** Lets everything happen that is planned up to a moment. */
  runUntil(this: void, end: number): Promise<void>
}

export function agenda(start: number): Agenda {
  const events = new PriorityQueue<() => Promise<void> | void>()
  let time = start
  return {
    now: () => time,
    in(delay, event) {
      events.add(event, time + Math.round(delay))
    },
    async runUntil(end) {
      for (let next = events.first(); next !== undefined && next.at <= end; next = events.first()) {
        events.remove(next)
        time = Math.max(time, next.at)
        await next.item()
      }
      time = end
    },
  }
}
