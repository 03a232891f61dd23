import { HoldfastError } from '../engine/errors.js'
import type { RedisWire } from './redis-client.js'

/** How many replicas must have a write, and how long an act waits for them. */
export interface WaitOptions {
  /** At least 1. */
  readonly replicas: number
  /** Milliseconds, or text such as `'100ms'` or `'1s'`. At least 1 ms, at most 60 s; keep it well under `storeTimeout`. */
  readonly timeout: number | `${number}ms` | `${number}s`
}

/** {@link WaitOptions} in numbers. */
export interface WaitSettings {
  readonly replicas: number
  readonly millis: number
}

/** Throws `HOLDFAST_CONFIG` for options that mean nothing. */
export function waitSettings({ replicas, timeout }: WaitOptions): WaitSettings {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(typeof timeout === 'number' ? `${timeout}ms` : timeout) ?? []
  const millis = Math.round(Number(count) * (unit === 's' ? 1_000 : 1))
  // WAIT takes 0 for "without end".
  if (Number.isSafeInteger(replicas) && replicas >= 1 && millis >= 1 && millis <= 60_000) return { replicas, millis }
  throw new HoldfastError(
    'HOLDFAST_CONFIG',
    "redisStore: wait needs at least 1 replica and a timeout from 1 ms to 60 s, such as { replicas: 1, timeout: '100ms' }",
  )
}

/** How it shows that what was written is there. */
export interface Proof {
  /** Reads it. */
  readonly command: string[]
  readonly shows: (reply: unknown) => boolean
}

/**
 * Waits until enough replicas have what was written. Throws `HOLDFAST_UNKNOWN_OUTCOME` where they have it not in time.
 *
 * A client that has lost its connection may have asked a server that was promoted meanwhile: its replicas have all that it
 * has, and it may never have seen the write. So what was written is read once more, from whoever is the primary now.
 */
export async function waitForReplicas(
  wire: RedisWire,
  key: string,
  { replicas, millis }: WaitSettings,
  { command, shows }: Proof,
): Promise<void> {
  const reached = await wire.wait(key, replicas, millis)
  if (reached >= replicas) {
    if (shows(await wire.send(key, command))) return
    throw new HoldfastError(
      'HOLDFAST_UNKNOWN_OUTCOME',
      'redisStore: the primary failed before a replica had what was written, and it is gone. Try again.',
    )
  }
  throw new HoldfastError(
    'HOLDFAST_UNKNOWN_OUTCOME',
    `redisStore: the primary has carried it out, but ${reached} of ${replicas} replicas confirmed it within ${millis} ms; ` +
      'a failover may undo it. Treat it as not done and try again, and look at the replicas of the server.',
  )
}
