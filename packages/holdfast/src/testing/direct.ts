import type { Session } from '../engine/session.js'
import type { Sessions } from '../engine/sessions.js'
import type { Answer, Arrival, Refusal } from '../engine/wire.js'

/** A request that is opened without a server: what a test wants it to be. */
export interface DirectRequest {
  /** Default `GET`. */
  readonly method?: string
  /** Scheme, host and target. Default `https://shop.test/`. */
  readonly url?: string
  /** Lower-case names. A `sec-fetch-site` of `same-origin` is added where there is none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The address at the other end. Default `203.0.113.7` (TEST-NET-3, RFC 5737). */
  readonly peer?: string
}

/** What became of it. */
export type DirectOutcome<Result> =
  | { readonly refusal: Refusal; readonly cookies: readonly string[] }
  | { readonly refusal: null; readonly answer: Answer; readonly cookies: readonly string[]; readonly result: Result }

/** The arrival of a {@link DirectRequest}. */
export function directArrival(request: DirectRequest): Arrival {
  const url = new URL(request.url ?? 'https://shop.test/')
  const headers: Record<string, string> = { host: url.host, 'sec-fetch-site': 'same-origin', ...request.headers }
  return {
    method: request.method ?? 'GET',
    url: url.pathname + url.search,
    header: (name) => headers[name],
    encrypted: url.protocol === 'https:',
    peer: request.peer ?? '203.0.113.7',
  }
}

/** Runs one request through the engine as an adapter would: open, handler, settle, finish. Rejects as the handler does. */
export async function direct<Data extends object, Result>(
  sessions: Sessions<Data>,
  request: DirectRequest,
  handler: (session: Session<Data>) => Result | Promise<Result>,
): Promise<DirectOutcome<Result>> {
  const opened = await sessions.open(directArrival(request))
  if (opened === null) throw new Error('this request gets no session')
  if ('refusal' in opened) return { refusal: opened.refusal, cookies: [] }
  const { exchange } = opened
  const result = await handler(exchange.session)
  const answer = await exchange.settle()
  await exchange.finish()
  if ('status' in answer) return { refusal: answer, cookies: answer.cookies ?? [] }
  return { refusal: null, answer, cookies: answer.cookies, result }
}
