/** What the parts of the adapter kit share. */
import { strict as assert } from 'node:assert'
import { createSessions } from '../../create-sessions.js'
import type { Awaitable } from '../../engine/row.js'
import type { Session } from '../../engine/session.js'
import type { Sessions } from '../../engine/sessions.js'
import { memoryStore } from '../../stores/memory.js'
import { type Browser, browserOf, type Reached } from './client.js'
import { type WatchedStore, watched } from './watched-store.js'

/** What the sessions of the kit hold. */
export interface KitData {
  note: string
  list: string[]
  [field: `f${number}`]: number
}

/** What a route answers. */
export interface Reply {
  /** Default 200. */
  readonly status?: number
  /** In order; a name may come several times. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** A text is sent at once, an iterable piece by piece as it comes. Absent: no body at all. */
  readonly body?: string | AsyncIterable<string>
}

/** One handler of the app. It is called with the session of the request, as `sessions.of(request)` answers it. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** The whole path, without the query. */
  readonly path: string
  readonly handle: (session: Session<KitData>) => Awaitable<Reply>
}

/** A server that was started. */
export interface Served extends Reached {
  close(): Promise<void>
}

/** Declares one test. */
export type Declare = (title: string, body: (stage: Stage) => Promise<void>) => void

/** What one test is played on. */
export interface Stage {
  readonly store: WatchedStore
  /** Starts the app. Beside the given routes it has those of {@link ROUTES}. */
  open(routes?: readonly Route[], settings?: Settings): Promise<App>
  close(): Promise<void>
}

/** What the kit was given. */
export interface Settings {
  /** The number of proxies that are believed. */
  readonly proxies?: number
  /** The clock. */
  readonly now?: () => number
  /** Puts something between the adapter and the engine. */
  readonly between?: (sessions: Sessions<KitData>) => Sessions<KitData>
}

/** One application that is served. */
export interface App extends Reached {
  readonly sessions: Sessions<KitData>
  /** What the cookies are called here: over https their names have the prefix. */
  readonly names: { readonly user: string; readonly visitor: string }
  browser(): Browser
}

const SECRET = 'x2Jm8Qw4Zr6Tn1Vb7Lk3Hs9Dg5Fp0CyAeUiOjXuMvBt'

/** The field that a test reads back. */
const note = (session: Session<KitData>): Reply => ({ body: session.data.note ?? 'none' })

/** What most tests need. */
const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/note', handle: note },
  {
    method: 'GET',
    path: '/me',
    handle: (session) => (session.isSignedIn() ? { body: session.user } : { status: 401, body: 'nobody' }),
  },
  {
    method: 'POST',
    path: '/note',
    handle(session) {
      session.data.note = 'written'
      return { status: 204 }
    },
  },
  {
    method: 'POST',
    path: '/in',
    async handle(session) {
      await session.signIn('ada', { keep: ['note'] })
      return { status: 303, headers: [['Location', '/me']] }
    },
  },
  {
    method: 'POST',
    path: '/out',
    async handle(session) {
      await session.signOut()
      return { status: 303, headers: [['Location', '/me']] }
    },
  },
]

/** A store, and the servers that a test starts on it. */
export function stageOf(serve: (sessions: Sessions<KitData>, routes: readonly Route[]) => Promise<Served>): Stage {
  const store = watched(memoryStore())
  const closing: (() => Promise<void>)[] = []
  return {
    store,
    async open(routes = [], { proxies, now, between }: Settings = {}) {
      const sessions = createSessions<KitData>({
        secret: SECRET,
        store,
        sweep: false,
        log: () => undefined,
        ...(proxies === undefined ? {} : { proxies }),
        ...(now === undefined ? {} : { now }),
      })
      const served = await serve(between?.(sessions) ?? sessions, [...routes, ...ROUTES])
      closing.push(
        () => served.close(),
        () => sessions.close(),
      )
      const prefix = served.url.startsWith('https:') ? '__Host-' : ''
      const names = { user: `${prefix}sid`, visitor: `${prefix}vid` }
      return { ...served, sessions, names, browser: () => browserOf(served) }
    },
    async close() {
      store.before = () => undefined
      for (const close of closing) await close()
    },
  }
}

/** A promise, and what resolves it. */
export function gate(): { readonly promise: Promise<void>; open(): void } {
  let open = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open: () => open() }
}

/** Waits until something is so; after ten seconds it is a failure. */
export async function until(what: string, holds: () => Awaitable<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `it never came about that ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The names of the cookies that an answer sets, and of those that it removes. */
export function cookieNames(lines: readonly string[]): { readonly set: string[]; readonly cleared: string[] } {
  const set: string[] = []
  const cleared: string[] = []
  for (const line of lines) {
    const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=')
    if (value === '' || /;\s*max-age=0/i.test(line)) cleared.push(name)
    else set.push(name)
  }
  return { set, cleared }
}
