/**
 * Those who wait for a write that we hold, or have dropped.
 */
import { EventEmitter } from 'node:events'
import { type Held, HOLD, theirs } from './overlay.js'

/**
 * Held writes were answered with `false`, and the last one would not have been: `drain` is ours to deliver. To be called on
 * a tick of its own, as Node does, so that what a listener throws is nobody else's.
 */
export function deliverDrain(res: Held): void {
  res.emit('drain')
  // Compression sends such listeners on to a stream of its own, and answers that stream.
  const keeper = theirs(res, res[HOLD], 'on').call(res, 'drain', nothing)
  if (keeper instanceof EventEmitter) keeper.removeListener('drain', nothing)
  if (keeper instanceof EventEmitter && keeper !== (res as unknown)) keeper.emit('drain')
  else for (const listener of res[HOLD].rerouted.splice(0)) listener.call(res)
}

/** Calls the callback among the arguments of a write or an end that was dropped. */
export function callBack(args: readonly unknown[]): void {
  const callback = args.findLast((arg) => typeof arg === 'function')
  if (callback !== undefined) process.nextTick(callback as () => void)
}

function nothing(): void {}
