/**
 * Methods laid over those of a response, and taken away again.
 *
 * Own properties, not a prototype of our own: a mounted Express app sets the prototype again, and it would be gone.
 */
import type { ServerResponse } from 'node:http'
import type { Answer, Exchange } from '../engine/wire.js'
import type { Line } from './held-socket.js'

/** Where the state of a held response is kept on it. */
export const HOLD: unique symbol = Symbol('holdfast.hold')

/** A method of a response, whatever its arguments. */
export type Call = (this: Held, ...args: unknown[]) => unknown

/** `flush` and `on` are overlaid only where somebody (compression) has put their own on the response. */
export type Name = 'write' | 'end' | 'writeHead' | 'flushHeaders' | 'flush' | 'on'

/** A response as we see it. */
export type Held = Omit<ServerResponse, Name> & Record<Name, Call> & { [HOLD]: Hold; readonly stream?: Line }

/** A call that was recorded. */
export interface Act {
  readonly name: Name
  readonly args: readonly unknown[]
}

/** The state of a held response. */
export class Hold {
  /**
   * - `armed`: nothing was sent yet.
   * - `held`: `settle` or `finish` is at work; calls are recorded.
   * - `passing`: calls pass through; only `end` may still have to wait.
   * - `refused`: another answer was sent; what is left of the old one is dropped.
   */
  phase: 'armed' | 'held' | 'passing' | 'refused' = 'armed'
  readonly exchanges: Exchange<unknown>[]
  /** How many of them were asked to settle. */
  settled = 0
  /** Nothing can be added to the head any more. */
  decided = false
  /** What others had put on the response before us. */
  readonly before: Partial<Record<Name, Call>> = {}
  acts: Act[] = []
  /** What has to go into the head and is not in it yet. */
  answer: Answer | null = null
  /** A write was answered with `false`: somebody waits for `drain`. */
  awaited = false
  /** Listeners for `drain` that somebody has put elsewhere than on the response. */
  readonly rerouted: Call[] = []
  /** All of ours but `end` were taken away, where nobody had wrapped them. */
  restored = false
  /** Somebody has wrapped our `writeHead`. */
  wrapped = false
  /** The last byte was let go. */
  ended = false
  /** The client is gone, or all is sent. */
  closed = false

  constructor(exchange: Exchange<unknown>) {
    this.exchanges = [exchange]
  }
}

/** Lays a method of ours over what is there. */
export function overlay(res: Held, name: Name, ours: Call): void {
  if (Object.hasOwn(res, name)) res[HOLD].before[name] = res[name]
  res[name] = ours
}

/**
 * Takes ours away where it is still on top, and says whether it was. Where somebody has wrapped it since, it stays below
 * and passes through: to remove it would cut theirs off (with compression mounted after us the client got truncated gzip).
 */
export function restore(res: Held, state: Hold, name: Name, ours: Call): boolean {
  if (res[name] !== ours) return false
  const before = state.before[name]
  if (before !== undefined) res[name] = before
  else Reflect.deleteProperty(res, name)
  return true
}

/** What stood there before us: somebody's own, or what the response inherits at this moment. */
export function theirs(res: Held, state: Hold, name: Name): Call {
  return state.before[name] ?? (Object.getPrototypeOf(res) as Held)[name]
}
