import { judgeTime, moments } from '../policy/timeouts.js'
import type { Engine } from './engine.js'
import { HoldfastError } from './errors.js'
import type { EventName, Listener } from './events.js'
import { type Auth, parseFacts } from './facts.js'
import { fenceHandle, readFence } from './fence.js'
import { lifetimesOf } from './judge.js'
import { checkId, isHandle } from './names.js'
import { open } from './open.js'
import { revokeAll, revokeOne } from './revoke.js'
import type { Millis, Page, Summary } from './row.js'
import { type BegunSignIn, Session } from './session.js'
import { reapExpired } from './sweep.js'
import type { Visit } from './visit.js'
import type { Arrival, Doorway, Opened, Wire } from './wire.js'

/** What may be shown of a session, as on a page of the devices that are signed in. */
export interface SessionInfo {
  readonly handle: string
  readonly user: string | null
  readonly createdAt: Millis
  readonly auth: Auth | null
  readonly seenAt: Millis
  readonly expires: { readonly idle: Millis | null; readonly absolute: Millis | null }
  /** The client's `User-Agent`, at most 256 characters. */
  readonly agent: string | null
}

/** Which sessions are to end. */
export type Revocation =
  /** All of a user; with `except`, all but that session and what it was stepped up to. */
  | { readonly user: string; readonly except?: string }
  /** One session of a user. A handle of another user's is as good as none. */
  | { readonly user: string; readonly handle: string }
  /** All under a link. */
  | { readonly link: string }
  /** All there are, at once, by retiring the keys; only where the keyring is kept in the store. */
  | { readonly everyone: true }

/** What `createSessions` answers: all sessions of one application. */
export interface Sessions<Data extends object> extends Doorway<Session<Data>> {
  /**
   * The session of a request: of a framework's request, its context, or a Web `Request`. Throws `HOLDFAST_NO_SESSION`
   * where no adapter has seen it.
   */
  of(request: object): Session<Data>
  /** What adapters call before the handler. Throws only for what is wrong with the set-up, such as no secret. */
  open(arrival: Arrival, wire?: Wire): Promise<Opened<Session<Data>>>
  /** The live sessions of a user, newest first, at most 1,000. */
  list(user: string): Promise<SessionInfo[]>
  /** All live sessions, visitors' too, a page at a time; `cursor` is `null` on the last page. */
  all(options?: {
    readonly cursor?: string | null
  }): Promise<{ readonly sessions: SessionInfo[]; readonly cursor: string | null }>
  /** Ends sessions, wherever they are in use. Answers how many there were. */
  revoke(which: Revocation): Promise<{ readonly revoked: number }>
  /**
   * To be called before a password is checked: a revocation that comes while it is checked makes `signIn` with the answer
   * throw `HOLDFAST_REVOKED`.
   */
  beginSignIn(user: string): Promise<BegunSignIn>
  /** Calls the listener at each event, until the answered function is called. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void
  /** Removes what is dead, where the store does not do it itself. Answers how many rows. */
  sweep(): Promise<number>
  /** Resolves when everything that a request needs is there: the secret is good, the store answers. */
  ready(): Promise<void>
  /** Stops the timer and closes what the store itself opened. */
  close(): Promise<void>
}

/** What `sessionsOf` needs beside the engine. */
export interface SessionsSettings {
  readonly property: string | false
  readonly only: ((arrival: Arrival) => boolean) | undefined
  /** Checks what a request needs, once; throws where the set-up is wrong. */
  readonly start: () => void
  readonly stop: () => void
}

/** How many sessions `list` answers at most, and `all` a page. */
const MOST_LISTED = 1_000
const PAGE = 100

/** The public face of an engine. */
export function sessionsOf<Data extends object>(engine: Engine, settings: SessionsSettings): Sessions<Data> {
  const key = Symbol('holdfast')
  const sessionFor = (visit: Visit<Session<Data>>): Session<Data> => new Session<Data>(visit)
  const { acts } = engine

  return {
    key,
    property: settings.property,
    of(request) {
      const found: unknown = (request as Record<symbol, unknown>)[key]
      if (found instanceof Session) return found as Session<Data>
      throw new HoldfastError(
        'HOLDFAST_NO_SESSION',
        'this request has no session. Mount the middleware before the handler, and pass it the request itself.',
      )
    },
    async open(arrival, wire) {
      settings.start()
      if (settings.only !== undefined && !settings.only(arrival)) return null
      return open(engine, arrival, wire, sessionFor)
    },
    async list(user) {
      checkId('user', user)
      const found: SessionInfo[] = []
      let cursor: string | null = null
      do {
        const page: Page = await acts.find({ user }, cursor, PAGE)
        found.push(...infosOf(engine, page.rows))
        cursor = page.cursor
      } while (cursor !== null)
      return found.sort((a, b) => b.createdAt - a.createdAt).slice(0, MOST_LISTED)
    },
    async all({ cursor = null } = {}) {
      const page = await acts.find({ all: true }, cursor, PAGE)
      return { sessions: infosOf(engine, page.rows), cursor: page.cursor }
    },
    async revoke(which) {
      if ('everyone' in which) {
        throw new HoldfastError(
          'HOLDFAST_CONFIG',
          'with a plain secret, everyone is signed out by putting another in its place.',
        )
      }
      if ('link' in which) {
        return { revoked: await revokeAll(engine, { link: checkId('link', which.link) }, undefined, 'link') }
      }
      const user = checkId('user', which.user)
      if ('handle' in which) {
        return { revoked: isHandle(which.handle) ? await revokeOne(engine, user, which.handle) : 0 }
      }
      return { revoked: await revokeAll(engine, { user }, which.except, 'user') }
    },
    async beginSignIn(user) {
      const handle = fenceHandle('user', checkId('user', user))
      return { user, fences: new Map([[handle, await readFence(acts, handle, engine.now())]]) }
    },
    on: (name, listener) => engine.events.on(name, listener),
    sweep: () => reapExpired(engine),
    async ready() {
      settings.start()
      // Any look-up proves that the store answers.
      await acts.get(fenceHandle('user', 'ready'))
    },
    async close() {
      settings.stop()
      await acts.store.close()
    },
  }
}

function infosOf(engine: Engine, rows: readonly Summary[]): SessionInfo[] {
  const infos: SessionInfo[] = []
  for (const row of rows) {
    const facts = parseFacts(row.facts)
    if (facts === null) continue
    const lifetimes = lifetimesOf(row, facts, engine.timeouts)
    if (judgeTime(lifetimes, facts.createdAt, row.seenAt, engine.now()) !== 'live') continue
    infos.push({
      handle: row.handle,
      user: row.user,
      createdAt: facts.createdAt,
      auth: facts.auth,
      seenAt: row.seenAt,
      expires: moments(lifetimes, facts.createdAt, row.seenAt),
      agent: facts.agent,
    })
  }
  return infos
}
