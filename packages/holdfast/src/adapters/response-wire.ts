import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Arrival, Doorway, Exchange, Wire } from '../engine/wire.js'
import { hold, isSent, sendRefusal } from './held-response.js'

/** What the engine can ask of a node:http response. */
class ResponseWire implements Wire {
  readonly #res: ServerResponse
  readonly #says: 'early' | 'last'
  #exchange: Exchange<unknown> | null = null
  #armed = false

  constructor(res: ServerResponse, says: 'early' | 'last') {
    this.#res = res
    this.#says = says
  }

  /** The engine may have asked to arm before it had an exchange to answer. */
  opened(exchange: Exchange<unknown>): void {
    this.#exchange = exchange
    if (this.#armed) hold(this.#res, exchange)
  }

  arm(): void {
    if (this.#armed) return
    this.#armed = true
    if (this.#exchange !== null) hold(this.#res, this.#exchange)
  }

  /**
   * Said early, so that whatever the app says later wins. Where no header was set yet, one of ours would change how Node
   * reads the lists that may be handed to `writeHead` (Node 20 keeps one line of each name then): there the head is held
   * instead, and gets it last.
   */
  look(): void {
    const res = this.#res
    if (res.headersSent || res.hasHeader('cache-control')) return
    if (this.#says === 'last' || res.getHeaderNames().length === 0) this.arm()
    else res.setHeader('Cache-Control', 'private')
  }

  sent(): boolean {
    return isSent(this.#res)
  }
}

/** What an adapter may choose. */
interface EnterOptions {
  /** Where handlers look for the session, beside the request itself: a framework's context. Default: the request. */
  readonly place?: object
  /**
   * When the head is given `Cache-Control: private`: `early`, at the first look at the session, or `last`, with the head,
   * which is held for it: for a framework that removes what was set before. Default `early`.
   */
  readonly says?: 'early' | 'last'
}

/**
 * Opens the session of a request and puts it where handlers look for it. Answers `false` where the request was refused,
 * and answered. Rejects only for what is wrong with the set-up, such as no secret. A request that has been here before (the
 * middleware is mounted twice) keeps the session that it has.
 */
export async function enter<S>(
  sessions: Doorway<S>,
  req: IncomingMessage,
  res: ServerResponse,
  arrival: Arrival,
  { place = req, says = 'early' }: EnterOptions = {},
): Promise<boolean> {
  const known = (req as unknown as Places)[sessions.key]
  if (known !== undefined) {
    if (place !== req) put(sessions, place, known)
    return true
  }
  const wire = new ResponseWire(res, says)
  const opened = await sessions.open(arrival, wire)
  if (opened === null) return true
  if ('refusal' in opened) {
    sendRefusal(res, opened.refusal)
    return false
  }
  const { exchange } = opened
  if (place !== req) (req as unknown as Places)[sessions.key] = exchange.session
  put(sessions, place, exchange.session)
  wire.opened(exchange)
  return true
}

type Places = Record<PropertyKey, unknown>

function put(sessions: Doorway<unknown>, place: object, session: unknown): void {
  const places = place as Places
  places[sessions.key] = session
  if (sessions.property !== false) places[sessions.property] = session
}
