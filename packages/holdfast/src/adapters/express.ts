import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Doorway } from '../engine/wire.js'
import { NodeArrival, type Verdict } from './arrival.js'
import { enter } from './response-wire.js'
import { useTable } from './use-table.js'

/** What Express 4 and 5 add to a request, as far as we ask. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly secure?: boolean
  readonly ip?: string
  readonly app?: { get(setting: string): unknown }
  res?: unknown
}

/**
 * Sessions for Express 4 and 5: `app.use(sessionMiddleware(sessions))`.
 *
 * Handlers find their session by `sessions.of(req)`, which is typed without further ado, and as `req.session` (typed by the
 * import of `holdfast/express/augment`) unless the option `property` says otherwise. Mounted twice, the second finds the
 * session of the first and passes.
 *
 * A request that is refused (a cross-site one with 403, one whose session could not be read with 503) is answered at once
 * and does not reach error handlers: it must not depend on them that nothing else is sent. The event `refused` or `store`
 * tells of it. A mistake in the set-up, such as no secret, goes to `next(error)`.
 *
 * Scheme, host and address of a request are taken as Express sees them where the app has set `trust proxy`.
 */
export function sessionMiddleware(
  sessions: Doorway<unknown>,
): (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void {
  return (req: ExpressRequest, res, next) => {
    // Express has linked the two, after it had set their prototypes; in any other server this would only do harm.
    if (req.res === res) {
      useTable(req, 'res')
      useTable(res, 'req')
    }
    const arrival = new NodeArrival(req, req.originalUrl ?? req.url, verdictOf(req))
    enter(sessions, req, res, arrival).then((mayEnter) => {
      if (mayEnter) next()
    }, next)
  }
}

function verdictOf(req: ExpressRequest): Verdict | undefined {
  return req.app?.get('trust proxy') ? new ExpressVerdict(req) : undefined
}

/** Asked of Express only where the engine asks: its getters walk the list of proxies each time. */
class ExpressVerdict implements Verdict {
  readonly #req: ExpressRequest

  constructor(req: ExpressRequest) {
    this.#req = req
  }

  get secure(): boolean {
    return this.#req.secure === true
  }

  get address(): string | undefined {
    return this.#req.ip
  }

  /** With its port, which an origin has: `req.hostname` has none, and `req.host` has it in Express 5 only. */
  get host(): string | undefined {
    const { app, headers, socket } = this.#req
    const trusts = app?.get('trust proxy fn')
    const forwarded = headers['x-forwarded-host']
    if (typeof trusts !== 'function' || typeof forwarded !== 'string') return headers.host
    return trusts(socket.remoteAddress, 0) ? forwarded.split(',', 1)[0]?.trim() : headers.host
  }
}
