import {
  createSessions,
  type EventMap,
  type EventName,
  memoryStore,
  type Options,
  type Session,
  type Sessions,
  type Store,
} from 'holdfast'
import {
  type CookieJar,
  cookieJar,
  type DirectOutcome,
  type DirectRequest,
  direct,
  type FakeClock,
  fakeClock,
} from 'holdfast/testing'

/** What the sessions of the tests hold. */
export interface Data {
  cart: string[]
  likes: number
  note: string
  lines: Record<string, number>
  [field: `f${number}`]: number
}

export const SECRET = 'qY1rXz7LmB0sVtN3kPwE8uGhJcDfA5iO2bRx9Zl4TnM'

/** One application with a clock that stands still. */
export interface Site {
  readonly sessions: Sessions<Data>
  readonly store: Store
  readonly clock: FakeClock
  readonly notices: string[]
  readonly events: { [Name in EventName]: EventMap[Name][] }
  /** A browser of its own. */
  browser(): Browser
}

export interface Browser {
  readonly jar: CookieJar
  /** One request with the browser's cookies; its answer's cookies are kept. */
  visit<Result>(
    handler: (session: Session<Data>) => Result | Promise<Result>,
    request?: DirectRequest,
  ): Promise<DirectOutcome<Result>>
  /** The result of a request that is expected to be answered by the handler. */
  ask<Result>(handler: (session: Session<Data>) => Result | Promise<Result>, request?: DirectRequest): Promise<Result>
  /** The value of a cookie. */
  cookie(name: string): string | undefined
}

const NAMES: EventName[] = [
  'created',
  'signed-in',
  'stepped-up',
  'renewed',
  'signed-out',
  'revoked',
  'expired',
  'reused',
  'stalled',
  'dropped',
  'overlapped',
  'refused',
  'store',
]

export function site(options: Partial<Options<Data>> = {}): Site {
  const clock = fakeClock()
  const store = options.store ?? memoryStore()
  const notices: string[] = []
  const sessions = createSessions<Data>({
    secret: SECRET,
    now: () => clock.now(),
    log: (notice) => notices.push(notice),
    sweep: false,
    ...options,
    store,
  })
  const events = Object.fromEntries(NAMES.map((name) => [name, []])) as unknown as Site['events']
  for (const name of NAMES) sessions.on(name, (event) => (events[name] as unknown[]).push(event))
  return { sessions, store, clock, notices, events, browser: () => browserOf(sessions, clock) }
}

/** Another browser, or the same one at another node. */
export function browserOf(
  sessions: Sessions<Data>,
  clock: FakeClock,
  jar: CookieJar = cookieJar({ origin: 'https://shop.test', now: () => clock.now() }),
): Browser {
  const visit: Browser['visit'] = async (handler, request = {}) => {
    const cookie = jar.header()
    const headers = { ...(cookie === undefined ? {} : { cookie }), ...request.headers }
    const outcome = await direct(sessions, { ...request, headers }, handler)
    jar.take(outcome.cookies)
    return outcome
  }
  return {
    jar,
    visit,
    async ask(handler, request) {
      const outcome = await visit(handler, request)
      if (outcome.refusal !== null) throw outcome.refusal.error
      return outcome.result
    },
    cookie: (name) => jar.value(name),
  }
}
