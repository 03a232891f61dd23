import { createSessions } from '../../src/create-sessions.js'
import type { EventMap } from '../../src/engine/events.js'
import type { Store } from '../../src/engine/row.js'
import type { Session } from '../../src/engine/session.js'
import type { Sessions } from '../../src/engine/sessions.js'
import { memoryStore } from '../../src/stores/memory.js'
import { type CookieJar, cookieJar } from '../../src/testing/jar.js'
import { seededRandom } from '../../src/testing/seeded-random.js'
import { arrival } from '../interleave/site.js'
import { SECRET } from '../support/site.js'
import { agenda } from './agenda.js'

interface Data {
  clicks: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const START = Date.UTC(2030, 0, 1)

/** How bad the world is. */
export interface Settings {
  readonly seed: number
  readonly clients: number
  readonly minutes: number
  /** The share of answers that never arrive. */
  readonly loss: number
  /** So many of the clients have their cookie copied at some time, each in another way than the one before. */
  readonly thieves?: number
  /** Stands between the nodes and their store, to take a rule out. */
  readonly tamper?: (store: Store) => Store
}

/** What a thief does with a copied cookie. */
export type Theft =
  | 'uses the copy and takes what comes'
  | 'uses the copy and keeps it as it was'
  | 'comes back once, much later'
export const thefts: readonly Theft[] = [
  'uses the copy and takes what comes',
  'uses the copy and keeps it as it was',
  'comes back once, much later',
]

/** One copied cookie, and what came of it. */
export interface Case {
  readonly user: string
  readonly theft: Theft
  /** Whether the owner got a renewed cookie after the old one had been copied. */
  ownerRenewed: boolean
}

/** What happened in the world. */
export interface Story {
  readonly requests: number
  readonly lostAnswers: number
  readonly failedWrites: number
  readonly refusals: number
  /** Answers with a renewed cookie that arrived. */
  readonly renewals: number
  /** The longest that a request waited before it was opened. */
  readonly longestWait: number
  /** Honest clients that were signed in and found themselves signed out. */
  readonly ended: readonly string[]
  readonly reused: readonly EventMap['reused'][]
  readonly stalled: readonly EventMap['stalled'][]
  readonly cases: readonly Case[]
}

interface Client {
  readonly user: string
  jar: CookieJar
  /** Signed in, and the answer arrived. */
  in: boolean
  /** Found out that the session is over. */
  out: boolean
  theft: Case | null
}

/** An hour or so of some clients on a fleet of four nodes with skewed clocks. The same seed gives the same story. */
export async function live(settings: Settings): Promise<Story> {
  const random = seededRandom(settings.seed)
  const chance = (share: number): boolean => random() < share
  const between = (least: number, most: number): number => least + random() * (most - least)
  const { now, in: later, runUntil } = agenda(START)
  const end = START + settings.minutes * MINUTE

  let failedWrites = 0
  const broken = flaky(memoryStore(), () => {
    if (!chance(0.1)) return 'works'
    failedWrites++
    return chance(0.5) ? 'lost' : 'missing'
  })
  const store = settings.tamper === undefined ? broken : settings.tamper(broken)
  const reused: EventMap['reused'][] = []
  const stalled: EventMap['stalled'][] = []
  const nodes = [0, 20, 40, 60].map((skew) => {
    const sessions = createSessions<Data>({
      secret: SECRET,
      store,
      now: () => now() + skew * SECOND,
      sweep: false,
      log: () => undefined,
    })
    sessions.on('reused', (event) => reused.push(event))
    sessions.on('stalled', (event) => stalled.push(event))
    return sessions
  })

  const story = { requests: 0, lostAnswers: 0, refusals: 0, renewals: 0, longestWait: 0 }
  const ended: string[] = []
  const cases: Case[] = []

  /** One request, from being sent to its answer's arrival; each step is an event of its own. */
  const request = (
    jar: CookieJar,
    handler: (session: Session<Data>) => Promise<void> | void,
    arrived: (cookies: readonly string[], ok: boolean) => void,
  ): void => {
    const cookie = jar.header()
    const wait = chance(0.02) ? between(0, 100 * SECOND) : between(0, 2 * SECOND)
    story.requests++
    story.longestWait = Math.max(story.longestWait, wait)
    later(wait, async () => {
      const node = nodes[Math.floor(random() * nodes.length)] as Sessions<Data>
      const opened = await node.open(arrival(cookie))
      if (opened === null) throw new Error('the request got no session')
      if ('refusal' in opened) {
        story.refusals++
        return
      }
      const { exchange } = opened
      later(chance(0.05) ? between(0, 20 * SECOND) : between(0, SECOND), async () => {
        let ok = true
        try {
          await handler(exchange.session)
        } catch {
          ok = false
        }
        const answer = await exchange.settle()
        if ('status' in answer) story.refusals++
        if (chance(settings.loss)) {
          story.lostAnswers++
          return
        }
        const cookies = 'status' in answer ? [] : answer.cookies
        const delay = chance(0.05) ? between(0, 10 * SECOND) : between(0, SECOND)
        later(delay, () => arrived(cookies, ok && !('status' in answer)))
      })
    })
  }

  const signIn = (client: Client): void => {
    request(
      client.jar,
      (session) => session.signIn(client.user),
      (cookies, ok) => {
        client.jar.take(cookies)
        client.in ||= ok
      },
    )
    later(40 * SECOND, () => (client.in ? browse(client) : signIn(client)))
  }

  const browse = (client: Client): void => {
    if (client.out) return
    for (let parallel = Math.ceil(between(0, 4)); parallel > 0; parallel--) {
      request(
        client.jar,
        (session) => {
          if (session.user !== client.user) {
            if (!client.out && client.theft === null) ended.push(client.user)
            client.out = true
          } else if (chance(0.2)) session.data.clicks = (session.data.clicks ?? 0) + 1
        },
        (cookies) => {
          if (cookies.length === 0 || client.out) return
          story.renewals++
          client.jar.take(cookies)
          if (client.theft !== null) client.theft.ownerRenewed = true
        },
      )
    }
    // Now and then somebody goes for lunch, for less than the idle timeout.
    later(chance(0.05) ? between(2 * MINUTE, 25 * MINUTE) : between(10 * SECOND, 90 * SECOND), () => browse(client))
  }

  const steal = (client: Client, theft: Theft): void => {
    if (!client.in) {
      later(MINUTE, () => steal(client, theft))
      return
    }
    const jar = client.jar.copy()
    client.theft = { user: client.user, theft, ownerRenewed: false }
    cases.push(client.theft)
    const use = (): void => {
      let over = false
      request(
        jar,
        (session) => {
          over = session.user !== client.user
        },
        (cookies) => {
          if (theft === 'uses the copy and takes what comes') jar.take(cookies)
        },
      )
      later(between(20 * SECOND, MINUTE), () => (over ? undefined : use()))
    }
    if (theft === 'comes back once, much later') later(end - 5 * MINUTE - now(), use)
    else use()
  }

  for (let index = 0; index < settings.clients; index++) {
    const client: Client = { user: `user ${index}`, jar: cookieJar({ now }), in: false, out: false, theft: null }
    later(between(0, MINUTE), () => signIn(client))
    const theft = thefts[index % thefts.length] as Theft
    if (index < (settings.thieves ?? 0)) later(between(3 * MINUTE, 20 * MINUTE), () => steal(client, theft))
  }
  await runUntil(end)
  return { ...story, failedWrites, ended, reused, stalled, cases }
}

/** A store of which some writes fail, carried out or not. */
function flaky(store: Store, fate: () => 'works' | 'lost' | 'missing'): Store {
  const write = <T>(act: () => T): T => {
    const now = fate()
    if (now === 'missing') throw new Error('the connection broke')
    const answer = act()
    if (now === 'lost') throw new Error('the connection broke')
    return answer
  }
  return {
    name: store.name,
    create: (row, now) => write(() => store.create(row, now)),
    get: (handle, now) => store.get(handle, now),
    patch: (handle, patch, now) => write(() => store.patch(handle, patch, now)),
    end: (handle, ending, now) => write(() => store.end(handle, ending, now)),
    find: (index, now, cursor, limit) => store.find(index, now, cursor, limit),
    close: () => undefined,
  }
}
