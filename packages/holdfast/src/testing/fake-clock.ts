import { type Duration, duration } from '../policy/duration.js'

/** A clock that moves only when it is told to. `now` may be handed over by itself: it is not bound to the object. */
export interface FakeClock {
  /** Epoch milliseconds. */
  now(this: void): number
  /** Moves on by a duration (milliseconds or text such as `'30m'`) and answers the new time. */
  advance(this: void, by: Duration): number
  /** Moves to a moment, forwards or back, and answers it. Epoch milliseconds. */
  set(this: void, to: number): number
}

/**
 * A clock for tests: `createSessions({ now: clock.now, … })`.
 *
 * @param start epoch milliseconds; the default is a fixed moment, so that runs are alike
 */
export function fakeClock(start: number = Date.UTC(2030, 0, 1)): FakeClock {
  let time = start
  return {
    now: () => time,
    advance: (by) => {
      time += duration(by)
      return time
    },
    set: (to) => {
      time = to
      return time
    },
  }
}
