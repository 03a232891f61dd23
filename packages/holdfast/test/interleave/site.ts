import { createSessions } from '../../src/create-sessions.js'
import type { Store } from '../../src/engine/row.js'
import type { Session } from '../../src/engine/session.js'
import type { Sessions } from '../../src/engine/sessions.js'
import type { Arrival, Wire } from '../../src/engine/wire.js'
import { secretKeyring } from '../../src/keyring/secret-keyring.js'
import { directArrival } from '../../src/testing/direct.js'
import type { CookieJar } from '../../src/testing/jar.js'
import { SECRET } from '../support/site.js'

/** What the sessions of these tests hold. */
export interface Data {
  a: number
  b: number
  c: number
  n: number
  x: number
  list: string[]
  cart: string[]
  flash: string
}

/** When every setup begins. */
export const START = Date.UTC(2030, 0, 1)
export const MINUTE = 60_000

const keyring = secretKeyring(SECRET, { production: false, warn: () => undefined })

/** One node of a site: the real engine on a store, at a given time. */
export function siteOn(store: Store, now: () => number): Sessions<Data> {
  return createSessions<Data>({ secret: keyring, store, now, sweep: false, log: () => undefined })
}

/** How a request went. */
export interface Reply {
  /** The handler returned and the answer was not refused: what the handler did is acknowledged. */
  readonly ok: boolean
  /** What the handler returned. */
  readonly value: unknown
  /** What the handler threw, or why the answer was refused. */
  readonly error: unknown
  readonly refused: boolean
  /** What the client holds after the answer. */
  readonly jar: CookieJar
}

export type Handler = (session: Session<Data>, sessions: Sessions<Data>) => unknown

const wire: Wire = { arm: () => undefined, unchanged: () => false, sent: () => false }

/** A same-origin request as a browser with these cookies sends it. */
export function arrival(cookie: string | undefined): Arrival {
  return directArrival({ method: 'POST', headers: cookie === undefined ? {} : { cookie } })
}

/** One request from its arrival to its answer, as an adapter would do it. The jar that it came from is left as it was. */
export async function visit(sessions: Sessions<Data>, from: CookieJar, handler: Handler): Promise<Reply> {
  const jar = from.copy()
  const opened = await sessions.open(arrival(jar.header()), wire)
  if (opened === null) throw new Error('the request got no session')
  if ('refusal' in opened) return { ok: false, value: undefined, error: opened.refusal.error, refused: true, jar }
  const { exchange } = opened
  let value: unknown
  let error: unknown
  let ok = true
  try {
    value = await handler(exchange.session, sessions)
  } catch (thrown) {
    error = thrown
    ok = false
  }
  const answer = await exchange.settle()
  if ('status' in answer) return { ok: false, value, error: answer.error, refused: true, jar }
  await exchange.finish()
  jar.take(answer.cookies)
  return { ok, value, error, refused: false, jar }
}

/** Who a client with these cookies is to the site; `null` where no session is live. */
export interface Who {
  readonly handle: string
  readonly user: string | null
  readonly data: Partial<Data>
}

export async function whoIs(sessions: Sessions<Data>, jar: CookieJar): Promise<Who | null> {
  const reply = await visit(sessions, jar, (session) => {
    const { handle, user } = session
    return handle === null ? null : { handle, user, data: JSON.parse(JSON.stringify(session.data)) as Partial<Data> }
  })
  if (!reply.ok) throw reply.error
  return reply.value as Who | null
}
