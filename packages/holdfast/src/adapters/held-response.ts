/**
 * Holds head and body of a ServerResponse from the first attempt to send until `settle` has answered, and its last byte
 * until `finish` has. Shared by every adapter that stands on node:http.
 *
 * The methods of a response are overlaid by shared functions that find their state on the response: one closure a request
 * would cost ten times as much. They are put there before the handler runs, because the handler looks a method up before the
 * arguments that may touch the session, and removed on release.
 *
 * What is held is replayed call by call, in order, so that bytes, callbacks and events are those of the app without us.
 */
import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { types } from 'node:util'
import type { Answer, Exchange, Refusal } from '../engine/wire.js'
import { finishAll, isPromise, isRefusal, NOTHING, saysNothing, settleAll } from './exchanges.js'
import { keepLine, type Line, letLineGo } from './held-socket.js'
import { type Act, type Call, type Held, HOLD, Hold, type Name, overlay, restore, theirs } from './overlay.js'
import { addAnswer, checkHead, isStatus, nodeError, putRefusal, takeHead } from './response-head.js'
import { markEnded, markSent, unmark } from './sent-marks.js'
import { callBack, deliverDrain } from './waiters.js'

/**
 * Holds this response for an exchange. Where the head has left already only the last byte waits, for `finish`; where
 * the answer is complete nothing is left to hold. Call it once for each exchange.
 */
export function hold(response: ServerResponse, exchange: Exchange<unknown>): void {
  const res = response as unknown as Held
  if (res[HOLD] !== undefined) {
    // Another instance was first. Where the head is decided already, this exchange is only asked to finish.
    res[HOLD].exchanges.push(exchange)
    return
  }
  if (res.writableEnded) return
  res[HOLD] = new Hold(exchange)
  overlay(res, 'end', OURS.end)
  if (res.headersSent) {
    res[HOLD].phase = 'passing'
    res[HOLD].decided = true
  } else {
    overlay(res, 'writeHead', OURS.writeHead)
    overlay(res, 'write', OURS.write)
    overlay(res, 'flushHeaders', OURS.flushHeaders)
    if (Object.hasOwn(res, 'flush')) overlay(res, 'flush', OURS.flush)
    if (Object.hasOwn(res, 'on')) overlay(res, 'on', OURS.on)
  }
  response.on('close', closed)
}

/** Whether nothing can be added to the head of this response any more. A head that is held can still be added to. */
export function isSent(response: ServerResponse): boolean {
  const state = (response as unknown as Held)[HOLD]
  return state === undefined ? response.headersSent : state.decided
}

/** Sends a refusal on a response that is not held. Does nothing where a head has left already. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) return
  putRefusal(response, refusal)
  response.end(refusal.body)
}

const OURS: Readonly<Record<Name, Call>> = {
  write(chunk, encoding, callback) {
    const state = begun(this)
    const args = [chunk, encoding, callback]
    if (state.phase === 'passing' || (state.phase === 'refused' && this.destroyed))
      return pass(this, state, 'write', args)
    if (state.phase === 'refused') {
      callBack(args)
      return true
    }
    check(this, chunk)
    record(this, { name: 'write', args })
    state.awaited = true
    return false
  },

  end(chunk, encoding, callback) {
    const state = begun(this)
    const args = [chunk, encoding, callback]
    if (state.phase === 'refused') {
      callBack(args)
      return this
    }
    if (state.phase === 'passing') {
      const finished = finishAll(state.exchanges)
      if (!isPromise(finished)) return passEnd(this, state, args)
      state.phase = 'held'
      wait(this, finished, release)
    } else {
      check(this, chunk && typeof chunk !== 'function' ? chunk : '')
    }
    record(this, { name: 'end', args })
    markEnded(plain(this))
    return this
  },

  writeHead(status, reason, headers) {
    // What is settled depends on it. An impossible one throws below, as it does without us.
    if (this[HOLD].phase === 'armed' && isStatus(status as number)) this.statusCode = Math.trunc(status as number)
    const state = begun(this)
    if (state.phase === 'refused') return this
    if (state.phase === 'held') {
      if (this.headersSent) {
        const message = 'Cannot write headers after they are sent to the client'
        throw nodeError(new Error(message), 'ERR_HTTP_HEADERS_SENT')
      }
      takeHead(plain(this), status as number, reason, headers)
      record(this, { name: 'writeHead', args: [status] })
      return this
    }
    if (state.answer === null) return theirs(this, state, 'writeHead').call(this, status, reason, headers)
    takeHead(plain(this), status as number, reason, headers)
    return pass(this, state, 'writeHead', [this.statusCode])
  },

  flushHeaders() {
    const state = begun(this)
    if (state.phase === 'passing') return pass(this, state, 'flushHeaders', [])
    if (state.phase === 'held' && !this.headersSent) {
      check(this, '')
      // What is wrapped around ours prepares for the body here, as it would without us: nobody wraps `flushHeaders`.
      if (this.writeHead !== OURS.writeHead) this.writeHead(this.statusCode)
      record(this, { name: 'flushHeaders', args: [] })
    }
    return undefined
  },

  flush() {
    if (this[HOLD].phase !== 'held') return theirs(this, this[HOLD], 'flush').call(this)
    this[HOLD].acts.push({ name: 'flush', args: [] })
    return undefined
  },

  on(type, listener) {
    const answer = theirs(this, this[HOLD], 'on').call(this, type, listener)
    if (type === 'drain' && !this.rawListeners('drain').includes(listener as () => void)) {
      this[HOLD].rerouted.push(listener as Call)
    }
    return answer
  },
}

/** The first attempt to send asks `settle`. Afterwards the phase says what to do with the call. */
function begun(res: Held): Hold {
  const state = res[HOLD]
  if (state.phase === 'armed') settle(res, NOTHING)
  return state
}

/** Settles the exchanges that have come so far. */
function settle(res: Held, before: Answer): void {
  const state = res[HOLD]
  state.phase = 'held'
  const verdict = settleAll(state.exchanges.slice(state.settled), before)
  state.settled = state.exchanges.length
  if (isPromise(verdict)) wait(res, verdict, settled)
  else decided(res, verdict)
}

function settled(res: Held, verdict: Answer | Refusal): void {
  const state = res[HOLD]
  if (isRefusal(verdict)) decided(res, verdict)
  else if (state.settled < state.exchanges.length) settle(res, verdict)
  else decided(res, verdict)
}

function decided(res: Held, verdict: Answer | Refusal): void {
  const state = res[HOLD]
  state.decided = true
  if (isRefusal(verdict)) {
    refuse(res, verdict)
    return
  }
  state.answer = saysNothing(verdict) ? null : verdict
  // Where the last byte is here already, what was written since the first attempt to send is committed before any leaves.
  const finished = state.acts.some(isEnd) ? finishAll(state.exchanges) : undefined
  if (isPromise(finished)) wait(res, finished, release)
  else release(res)
}

function wait<T>(res: Held, promise: PromiseLike<T>, then: (res: Held, value: T) => void): void {
  keepLine(lineOf(res), plain(res))
  promise.then(
    (value) => {
      try {
        then(res, value)
      } catch (error) {
        fail(res, error)
      }
    },
    (error: unknown) => fail(res, error),
  )
}

/** Lets go of what was held, and from then on of everything but the last byte. */
function release(res: Held): void {
  const state = res[HOLD]
  const acts = letGo(res)
  if (!state.restored) restoreAll(res, state)
  let roomy = true
  for (const { name, args } of acts) {
    if (name === 'end' && !state.ended) passEnd(res, state, args)
    else roomy = pass(res, state, name, args) !== false
  }
  if (state.awaited && roomy && !state.ended) process.nextTick(deliverDrain, res)
  state.awaited = false
  // The client left while its answer was held; the handler may never come to an end.
  if (state.closed && !state.ended) void finishAll(state.exchanges)
}

/** Sends another answer instead. Whoever waits for the old one is called back, so that pipes run dry and close. */
function refuse(res: Held, refusal: Refusal): void {
  const state = res[HOLD]
  const acts = letGo(res)
  putRefusal(plain(res), refusal)
  // The head first and by its own call: what was wrapped around ours has prepared for the answer that is not sent.
  theirs(res, state, 'writeHead').call(res, refusal.status)
  // The body by its own call too: HTTP/2's `end` hands it to whatever `write` is on top.
  theirs(res, state, 'write').call(res, refusal.body)
  theirs(res, state, 'end').call(res)
  state.phase = 'refused'
  state.ended = true
  for (const act of acts) callBack(act.args)
  if (state.awaited && !acts.some(isEnd)) process.nextTick(deliverDrain, res)
}

/** Nobody is left who could catch it: the response breaks as it does when its socket does. */
function fail(res: Held, error: unknown): void {
  letGo(res)
  res.destroy(error instanceof Error ? error : new Error('holdfast: the answer could not be sent', { cause: error }))
}

/** The client is gone, or all is sent. What a handler wrote is committed even if it never sends anything. */
function closed(this: ServerResponse): void {
  const res = this as unknown as Held
  const state = begun(res)
  state.closed = true
  if (state.phase === 'passing' && !state.ended) void finishAll(state.exchanges)
}

function letGo(res: Held): readonly Act[] {
  const state = res[HOLD]
  const acts = state.acts
  state.acts = []
  state.phase = 'passing'
  unmark(plain(res))
  letLineGo(lineOf(res), plain(res))
  return acts
}

/** All but `end`, which may still have to wait for `finish`. */
function restoreAll(res: Held, state: Hold): void {
  state.restored = true
  if (Object.hasOwn(res, 'on')) restore(res, state, 'on', OURS.on)
  if (Object.hasOwn(res, 'flush')) restore(res, state, 'flush', OURS.flush)
  restore(res, state, 'flushHeaders', OURS.flushHeaders)
  restore(res, state, 'write', OURS.write)
  state.wrapped = !restore(res, state, 'writeHead', OURS.writeHead)
}

/** Calls what would have been called without us, once the head has what it needs. */
function pass(res: Held, state: Hold, name: Name, args: readonly unknown[]): unknown {
  // Where somebody has wrapped our `writeHead` since, theirs runs first and ours, below it, adds to what it leaves.
  if (state.answer !== null && (name === 'writeHead' || !state.wrapped)) {
    addAnswer(plain(res), state.answer)
    state.answer = null
  }
  return theirs(res, state, name).apply(res, args as unknown[])
}

/** The last byte may go, and with it the last of ours. */
function passEnd(res: Held, state: Hold, args: readonly unknown[]): unknown {
  state.ended = true
  restore(res, state, 'end', OURS.end)
  return pass(res, state, 'end', args)
}

function record(res: Held, act: Act): void {
  res[HOLD].acts.push(act)
  markSent(plain(res))
}

/** Throws at the call what would be thrown without us. */
function check(res: Held, chunk: unknown): void {
  if (!res.headersSent) checkHead(plain(res), res.statusCode)
  // A stream of nobody throws what a response would.
  if (typeof chunk !== 'string' && !types.isUint8Array(chunk)) new Writable().write(chunk)
}

/** What a hang-up would close: on HTTP/2 the stream of this request, else the socket, which a queued response has not yet. */
function lineOf(res: Held): Line {
  return res.req.httpVersionMajor > 1 && res.stream !== undefined ? res.stream : res.req.socket
}

function plain(res: Held): ServerResponse {
  return res as unknown as ServerResponse
}

function isEnd(act: Act): boolean {
  return act.name === 'end'
}
