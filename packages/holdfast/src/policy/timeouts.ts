/**
 * Idle and absolute timeouts, judged at every open by the row and the clock: neither the cookie's lifetime nor what a
 * store collects has a say.
 */

type Millis = number

/** How long a session lasts. `null`: not limited in that way. */
export interface Lifetimes {
  /** Since it was last seen. */
  readonly idle: Millis | null
  /** Since it was created; nothing extends it. */
  readonly absolute: Millis | null
}

/** When a session ends if nobody comes back; `null`: not in that way. */
export interface Moments {
  readonly idle: Millis | null
  readonly absolute: Millis | null
}

/** A row outlives its policy by this much, so that a request finds out why a session is over, and clocks may differ. */
const SLACK: Millis = 600_000

/** The last moment that JavaScript's dates know; the `expiresAt` of a session without any limit. */
const FOREVER: Millis = 8_640_000_000_000_000

/** How stale `seenAt` may become before it is written again: a twentieth of the idle time, 1 to 60 seconds. */
function throttle(lifetimes: Lifetimes): Millis {
  if (lifetimes.idle === null) return 60_000
  return Math.min(60_000, Math.max(1_000, lifetimes.idle / 20))
}

/** The throttle counts on top of the idle time, so that a throttled touch never ends a session early. */
export function moments(lifetimes: Lifetimes, createdAt: Millis, seenAt: Millis): Moments {
  return {
    idle: lifetimes.idle === null ? null : seenAt + lifetimes.idle + throttle(lifetimes),
    absolute: lifetimes.absolute === null ? null : createdAt + lifetimes.absolute,
  }
}

/** Whether a session is live, and if not, which limit it passed. */
export function judgeTime(
  lifetimes: Lifetimes,
  createdAt: Millis,
  seenAt: Millis,
  now: Millis,
): 'live' | 'idle' | 'absolute' {
  if (lifetimes.absolute !== null && now >= createdAt + lifetimes.absolute) return 'absolute'
  if (lifetimes.idle !== null && now > seenAt + lifetimes.idle + throttle(lifetimes)) return 'idle'
  return 'live'
}

/** The moment from which a store may refuse and collect a row: never before the policy is over. */
export function expiresAt(lifetimes: Lifetimes, createdAt: Millis, seenAt: Millis): Millis {
  const { idle, absolute } = moments(lifetimes, createdAt, seenAt)
  return Math.min(FOREVER, (idle ?? FOREVER) + SLACK, (absolute ?? FOREVER) + SLACK)
}

/** Whether a request should be written down as a sign of life. */
export function touchDue(lifetimes: Lifetimes, seenAt: Millis, now: Millis): boolean {
  return now - seenAt >= throttle(lifetimes)
}
