import type { Session } from '../../src/engine/session.js'
import type { Sessions } from '../../src/engine/sessions.js'
import type { Exchange } from '../../src/engine/wire.js'
import { memoryStore } from '../../src/stores/memory.js'
import type { Act, Conflicts } from '../../src/testing/act.js'
import { everyOrder } from '../../src/testing/explore.js'
import { type CookieJar, cookieJar } from '../../src/testing/jar.js'
import { recordSetup } from '../../src/testing/recorded-setup.js'
import { arrival, type Data, MINUTE, START, siteOn, visit, whoIs } from '../interleave/site.js'
import { partsOf } from '../support/credentials.js'

/** What a request's handler does. `sign-in` is as Bob, so that it is a change of accounts where Ann is signed in. */
export type Kind = 'read' | 'write' | 'sign-in' | 'step-up' | 'sign-out'
export const kinds: readonly Kind[] = ['read', 'write', 'sign-in', 'step-up', 'sign-out']

/** Who the browser is before: nobody, a visitor with a row, or Ann, whose cookie is due for renewal. */
export type Start = 'nobody' | 'visitor' | 'ann'
export const starts: readonly Start[] = ['nobody', 'visitor', 'ann']

/** What a request turned out to do. */
export type Deed = 'nothing' | 'renewed' | 'wrote' | 'first-write' | 'signed-in' | 'stepped-up' | 'signed-out'

/** One request in an order: when it was settled, when its answer was delivered, and what it did. */
export interface Told {
  readonly kind: Kind
  readonly deed: Deed
  /** Positions in the order. */
  readonly sent: number
  readonly opened: number
  readonly settled: number
  readonly delivered: number
  /** The row that the user's cookie named when the request was sent. */
  readonly shown: string | null
  /** The row that the handler began with, and the one that it ended up with; `null` = none. */
  readonly from: string | null
  readonly handle: string | null
  /** As whom the handler was signed in at its end. */
  readonly user: string | null
  /** Whether the answer set or cleared the user's cookie. */
  readonly userCookie: boolean
}

/** One order of sending, opening, settling and delivering some requests of one browser, and how it ended. */
export interface Ordered {
  readonly start: Start
  readonly requests: readonly Told[]
  /** Such as `send 1, open 1, send 2, …`. */
  readonly steps: readonly string[]
  /** As whom the browser is signed in at the end. */
  readonly user: string | null
  /** Live visitors' rows that some request created and that the browser does not reach at the end. */
  readonly lost: readonly string[]
}

const stepNames = ['send', 'open', 'settle', 'deliver'] as const

/** A browser's jar is touched by sending and delivering, the store by opening and settling: only these have an order. */
function conflictsOf(step: (typeof stepNames)[number]): Conflicts {
  const names = { send: ['deliver'], deliver: ['send', 'deliver'], open: ['settle'], settle: ['open', 'settle'] }[step]
  return ({ call }) => call.kind === 'moment' && names.includes(call.name)
}

/** The browsers to begin with: each a store that can be had again and again, and a jar. */
export async function browsers(): Promise<Record<Start, Browser>> {
  const browser = (begin: (sessions: Sessions<Data>) => Promise<CookieJar>): Promise<Browser> =>
    recordSetup(memoryStore, (store) => begin(siteOn(store, () => START)))
  return {
    nobody: await browser(async () => cookieJar()),
    visitor: await browser(async (sessions) => (await visit(sessions, cookieJar(), setX(0))).jar),
    ann: await browser(
      async (sessions) => (await visit(sessions, cookieJar(), (session) => session.signIn('ann'))).jar,
    ),
  }
}

type Browser = Awaited<ReturnType<typeof recordSetup<CookieJar>>>

const setX = (value: number) => (session: Session<Data>) => {
  session.data.x = value
}

/** Runs the requests in every order, but for those that differ only in steps that cannot tell. */
export async function inEveryOrder(
  start: Start,
  browser: Browser,
  wanted: readonly Kind[],
  judge: (ordered: Ordered) => void,
): Promise<number> {
  const walk = everyOrder(true)
  let orders = 0
  do {
    const ordered = await inOrder(start, browser, wanted, walk.choose)
    if (ordered === null) continue
    orders++
    judge(ordered)
  } while (walk.next())
  return orders
}

interface Request {
  readonly kind: Kind
  readonly positions: number[]
  cookie: string | undefined
  exchange: Exchange<Session<Data>> | null
  deed: Deed
  from: string | null
  handle: string | null
  user: string | null
  cookies: readonly string[]
}

async function inOrder(
  start: Start,
  browser: Browser,
  wanted: readonly Kind[],
  choose: (pending: readonly Act[]) => number,
): Promise<Ordered | null> {
  const store = await browser.fresh()
  const sessions = siteOn(store, () => START + 16 * MINUTE)
  const jar = browser.context.copy()
  const requests: Request[] = wanted.map((kind) => {
    return {
      kind,
      positions: [],
      cookie: undefined,
      exchange: null,
      deed: 'nothing',
      from: null,
      handle: null,
      user: null,
      cookies: [],
    }
  })
  const steps: string[] = []
  const take = {
    send: async (request: Request) => {
      request.cookie = jar.header()
    },
    open: async (request: Request) => {
      const opened = await sessions.open(arrival(request.cookie))
      if (opened === null || 'refusal' in opened) throw new Error('a request was refused')
      request.exchange = opened.exchange
    },
    settle: async (request: Request) => settle(request),
    deliver: async (request: Request) => {
      jar.take(request.cookies)
    },
  }
  for (;;) {
    const pending = requests.flatMap((request, index) => nextStep(request, index))
    if (pending.length === 0) break
    const act = pending[choose(pending)]
    if (act === undefined) return null
    const request = requests[Number(act.thread)] as Request
    const step = stepNames[act.ordinal] as (typeof stepNames)[number]
    await take[step](request)
    request.positions.push(steps.length)
    steps.push(`${step} ${Number(act.thread) + 1}`)
  }
  const who = await whoIs(sessions, jar)
  const reached = handleIn(jar.value('__Host-vid'))
  const lost: string[] = []
  for (const { deed, handle } of requests) {
    if (deed !== 'first-write' || handle === null || handle === reached) continue
    if ((await store.get(handle, START))?.ended === null) lost.push(handle)
  }
  return { start, requests: requests.map(told), steps, user: who?.user ?? null, lost }
}

function nextStep({ positions }: Request, index: number): Act[] {
  const ordinal = positions.length
  const name = stepNames[ordinal]
  if (name === undefined) return []
  const call = { kind: 'moment', name, conflicts: conflictsOf(name) } as const
  const thread = String(index)
  const place = { handle: null, found: null, after: positions.at(-1) ?? -1, idle: false }
  return [{ key: `${index}:${ordinal}`, thread, process: thread, ordinal, call, ...place }]
}

/** The handler, and the settling of its answer. */
async function settle(request: Request): Promise<void> {
  const exchange = request.exchange as Exchange<Session<Data>>
  const { session } = exchange
  request.from = session.handle
  try {
    request.deed = await act(request.kind, session)
  } catch (error) {
    // Overtaken by a sign-out or another step-up: it says so to its user, and did nothing.
    if ((error as { code?: string }).code !== 'HOLDFAST_ENDED') throw error
  }
  const answer = await exchange.settle()
  if ('status' in answer) throw answer.error
  request.cookies = answer.cookies
  if (request.deed === 'nothing' && answer.cookies.length > 0) request.deed = 'renewed'
  request.handle = session.handle
  request.user = session.user
}

async function act(kind: Kind, session: Session<Data>): Promise<Deed> {
  switch (kind) {
    case 'read':
      return 'nothing'
    case 'write': {
      const first = session.handle === null
      session.data.x = 1
      if ((await session.commit()) !== 'applied') return 'nothing'
      return first ? 'first-write' : 'wrote'
    }
    case 'sign-in':
      if (session.user === 'bob') {
        await session.stepUp()
        return 'stepped-up'
      }
      await session.signIn('bob')
      return 'signed-in'
    case 'step-up':
      if (!session.isSignedIn()) return 'nothing'
      await session.stepUp()
      return 'stepped-up'
    case 'sign-out':
      await session.signOut()
      return 'signed-out'
  }
}

function told({ kind, deed, cookie, positions, from, handle, user, cookies }: Request): Told {
  const [sent = -1, opened = -1, settled = -1, delivered = -1] = positions
  const userCookie = cookies.some((line) => line.startsWith('__Host-sid='))
  const shown = handleIn(/__Host-sid=([^;]*)/.exec(cookie ?? '')?.[1])
  return { kind, deed, sent, opened, settled, delivered, shown, from, handle, user, userCookie }
}

function handleIn(credential: string | undefined): string | null {
  return credential === undefined ? null : partsOf(credential).handle
}
