import type { Answer, Doorway, Refusal, Wire } from '../engine/wire.js'
import { noStore, overrulesCacheControl, varyByCookie } from './cache-headers.js'
import { isRefusal } from './exchanges.js'
import { FetchArrival } from './fetch-arrival.js'

/** Options of {@link withSessions}. */
export interface FetchOptions<Rest extends unknown[]> {
  /**
   * The address at the other end of the connection, which a `Request` does not tell; it is called with what the handler is
   * called with. It is what the session remembers of the client's network; and over plain http, where sessions are for the
   * developer's own machine, it is looked at beside the host. Default: none is known.
   */
  readonly peer?: (request: Request, ...rest: Rest) => string | undefined
}

/**
 * Sessions for a handler of Web standard requests: `export default { fetch: withSessions(sessions, handler) }`.
 *
 * The handler finds its session by `sessions.of(request)`. The answer waits for what it changed. Its body is passed on
 * untouched: what is written while it is streamed needs `await session.commit()`, and no cookie can be set any more.
 *
 * Where the handler throws, what it wrote before is committed and its error is thrown on. There is no response then to
 * carry a cookie: a handler that has awaited `signIn`, `stepUp` or `signOut` must answer rather than throw.
 * A response that cannot be made anew (status 101, `Response.error()`) is passed on as it is, without cookies.
 */
export function withSessions<Rest extends unknown[]>(
  sessions: Doorway<unknown>,
  handler: (request: Request, ...rest: Rest) => Response | PromiseLike<Response>,
  options: FetchOptions<Rest> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const places = request as unknown as Record<symbol, unknown>
    if (places[sessions.key] !== undefined) return handler(request, ...rest)
    const wire = new FetchWire()
    const opened = await sessions.open(new FetchArrival(request, options.peer?.(request, ...rest)), wire)
    if (opened === null) return handler(request, ...rest)
    if ('refusal' in opened) return refused(opened.refusal)
    const { exchange } = opened
    places[sessions.key] = exchange.session
    let response: Response
    try {
      response = await handler(request, ...rest)
    } catch (error) {
      await exchange.settle()
      throw error
    }
    wire.status = response.status
    const verdict = await exchange.settle()
    wire.gone = true
    return isRefusal(verdict) ? refused(verdict) : answered(response, verdict)
  }
}

/** Nothing is held here: the handler's answer is in our hands before it leaves. */
class FetchWire implements Wire {
  gone = false
  status = 0

  arm(): void {}

  unchanged(): boolean {
    return this.status === 304
  }

  sent(): boolean {
    return this.gone
  }
}

/** A new response with the same body: the handler's may be one that cannot be changed, or one that it uses for everybody. */
function answered(response: Response, { cookies, cache }: Answer): Response {
  const silent = cache === null || (cache === 'private' && response.headers.has('cache-control'))
  if ((cookies.length === 0 && silent) || response.status < 200) return response
  const headers = new Headers(response.headers)
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  if (cache === 'private') {
    if (!headers.has('cache-control')) headers.set('cache-control', 'private')
  } else if (cache === 'no-store') {
    headers.set('cache-control', noStore(headers.get('cache-control') ?? undefined))
    headers.set('vary', varyByCookie(headers.get('vary') ?? undefined))
    for (const name of [...headers.keys()]) if (overrulesCacheControl(name)) headers.delete(name)
  }
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}

function refused(refusal: Refusal): Response {
  const headers = new Headers({ ...refusal.headers })
  for (const cookie of refusal.cookies ?? []) headers.append('Set-Cookie', cookie)
  return new Response(refusal.body, { status: refusal.status, headers })
}
