/**
 * Holds back a hang-up while an answer is held.
 *
 * Express' final handler answers an error after `res.send('ok')` by destroying the socket: the answer is under way, so it is
 * the only thing left to do. While we hold that answer nothing is under way yet, and the client would get a reset where it
 * gets `ok` without us. So `destroy()` without an error waits until the answers held on this connection have gone out.
 */
import type { ServerResponse } from 'node:http'

const HANGUP: unique symbol = Symbol('holdfast.hangup')

/** A socket, or the stream of one HTTP/2 request. */
export interface Line {
  readonly writable: boolean
  destroy(error?: Error): unknown
  [HANGUP]?: Hangup
}

/** What is known of one line. It is put there once and stays: a property for each request would cost more than this. */
class Hangup {
  /** The answers that are held. More than one only where a client sends requests without waiting (pipelining). */
  readonly held: Set<ServerResponse> = new Set()
  wanted = false
  readonly destroy: Line['destroy']

  constructor(line: Line) {
    this.destroy = line.destroy
  }

  /** A response that was itself destroyed has nothing left to protect, nor has a line that can send no more. */
  protects(line: Line): boolean {
    if (!line.writable) return false
    for (const res of this.held) if (!res.destroyed) return true
    return false
  }
}

function destroy(this: Line, error?: Error): unknown {
  const hangup = this[HANGUP]
  if (hangup === undefined) return this
  if (error != null || !hangup.protects(this)) return hangup.destroy.call(this, error)
  hangup.wanted = true
  return this
}

/** From now on the line is not closed under this answer. */
export function keepLine(line: Line, res: ServerResponse): void {
  let hangup = line[HANGUP]
  if (hangup === undefined) {
    hangup = new Hangup(line)
    line[HANGUP] = hangup
    line.destroy = destroy
  }
  hangup.held.add(res)
}

/**
 * The answer is no longer held. If somebody wanted to hang up meanwhile, it is done once the answer is out; whoever calls
 * `destroy` from now on (a timeout, say) is obeyed at once.
 */
export function letLineGo(line: Line, res: ServerResponse): void {
  const hangup = line[HANGUP]
  if (hangup === undefined || !hangup.held.delete(res)) return
  if (hangup.held.size > 0 || !hangup.wanted) return
  hangup.wanted = false
  if (line.writable && !res.destroyed) res.once('finish', () => line.destroy())
  else line.destroy()
}
