import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Doorway } from '../engine/wire.js'
import { NodeArrival } from './arrival.js'
import { enter } from './response-wire.js'

/**
 * Sessions for a listener of node:http, node:https, or HTTP/2's compatibility API:
 * `createServer(withSessions(sessions, (req, res) => …))`.
 *
 * The listener finds its session by `sessions.of(req)`, and as `req.session` unless the option `property` says otherwise. It
 * is not called where the request was refused: a cross-site one, or one whose session could not be read (503). It is called
 * once the session was read, which is never on the same tick.
 *
 * What a listener throws, or what the promise rejects with that it returns, goes where it goes without us: it is an uncaught
 * exception, or an unhandled rejection. A mistake in the set-up, such as no secret, is answered with 500 and rejects.
 */
export function withSessions<
  Req extends IncomingMessage | Http2ServerRequest = IncomingMessage,
  Res extends ServerResponse | Http2ServerResponse = ServerResponse,
>(sessions: Doorway<unknown>, listener: (req: Req, res: Res) => unknown): (req: Req, res: Res) => void {
  return (req, res) => {
    // HTTP/2's compatibility API is that of node:http as far as we use it.
    const message = req as unknown as IncomingMessage
    const response = res as unknown as ServerResponse
    enter(sessions, message, response, new NodeArrival(message)).then(
      (mayEnter) => {
        if (!mayEnter) return
        try {
          listener(req, res)
        } catch (error) {
          // Out of the promise, so that it is the exception that it is without us.
          process.nextTick(rethrow, error)
        }
      },
      (error: unknown) => {
        response.statusCode = 500
        response.end()
        throw error
      },
    )
  }
}

function rethrow(error: unknown): never {
  throw error
}
