import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Arrival, Doorway, Wire } from '../engine/wire.js'
import { hold, isSent, sendRefusal } from './held-response.js'

/**
 * What the engine can ask of a node:http response. It is held from the start, and not only once something may have to be
 * written: `res.end(String(session.data.likes))` looks `end` up before its argument touches the session, and would call
 * Node's own. With nothing to write the hold passes straight through.
 */
class ResponseWire implements Wire {
  readonly #res: ServerResponse

  constructor(res: ServerResponse) {
    this.#res = res
  }

  /** It is held already. */
  arm(): void {}

  unchanged(): boolean {
    return this.#res.statusCode === 304
  }

  sent(): boolean {
    return isSent(this.#res)
  }
}

/**
 * Opens the session of a request and puts it where handlers look for it. Answers `false` where the request was refused,
 * and answered. Rejects only for what is wrong with the set-up, such as no secret. A request that has been here before (the
 * middleware is mounted twice) keeps the session that it has. `place`: where handlers look for the session beside the request
 * itself, such as a framework's context.
 */
export async function enter<S>(
  sessions: Doorway<S>,
  req: IncomingMessage,
  res: ServerResponse,
  arrival: Arrival,
  place: object = req,
): Promise<boolean> {
  const known = (req as unknown as Places)[sessions.key]
  if (known !== undefined) {
    if (place !== req) put(sessions, place, known)
    return true
  }
  const opened = await sessions.open(arrival, new ResponseWire(res))
  if (opened === null) return true
  if ('refusal' in opened) {
    sendRefusal(res, opened.refusal)
    return false
  }
  const { exchange } = opened
  if (place !== req) (req as unknown as Places)[sessions.key] = exchange.session
  put(sessions, place, exchange.session)
  hold(res, exchange)
  return true
}

type Places = Record<PropertyKey, unknown>

function put(sessions: Doorway<unknown>, place: object, session: unknown): void {
  const places = place as Places
  places[sessions.key] = session
  if (sessions.property !== false) places[sessions.property] = session
}
