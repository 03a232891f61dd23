import { fenceHandle } from '../../src/engine/fence.js'
import type { Row, Store } from '../../src/engine/row.js'
import type { Sessions } from '../../src/engine/sessions.js'
import type { Outcome, Scenario } from '../../src/testing/interleave.js'
import { type CookieJar, cookieJar } from '../../src/testing/jar.js'
import type { Stage } from '../../src/testing/schedule.js'
import { type Data, type Handler, MINUTE, type Reply, START, siteOn, visit, type Who, whoIs } from './site.js'

/** What a setup leaves: the cookies of its clients by name, and the time at which the processes run. */
export interface Context {
  readonly jars: Readonly<Record<string, CookieJar>>
  readonly now: number
}

export type Setup = (store: Store) => Promise<Context>
export type Play = (stage: Stage<Context>) => Promise<Reply>
export type Told = Outcome<Context, Reply>
export type Case = Scenario<Context, Reply>

/** A process that sends one request with the cookies of the named client. */
export function asks(client: string, handler: Handler): Play {
  return async ({ store, context }) =>
    visit(
      siteOn(store, () => context.now),
      jarOf(context, client),
      handler,
    )
}

/** A process that calls the site itself, as an admin page does. */
export function calls(act: (sessions: Sessions<Data>) => Promise<unknown>): Play {
  return async ({ store, context }) => {
    const jar = cookieJar()
    try {
      return { ok: true, value: await act(siteOn(store, () => context.now)), error: null, refused: false, jar }
    } catch (error) {
      return { ok: false, value: undefined, error, refused: false, jar }
    }
  }
}

/** One request: `client` holds what the answer leaves, on top of what `from` (else the client itself) held. */
type Say = (client: string, handler: Handler, from?: string) => Promise<void>

/** Lets clients act one after the other on one node; the processes then run `later` milliseconds after the last. */
export function given(script: (say: Say, clock: { now: number }) => Promise<void>, later: number = MINUTE): Setup {
  return async (store) => {
    const clock = { now: START }
    const sessions = siteOn(store, () => clock.now)
    const jars: Record<string, CookieJar> = {}
    await script(async (client, handler, from = client) => {
      const reply = await visit(sessions, jars[from] ?? cookieJar(), handler)
      if (!reply.ok) throw reply.error
      jars[client] = reply.jar
    }, clock)
    return { jars, now: clock.now + later }
  }
}

const signIn: Handler = (session) => session.signIn('ann')

/** Ann is signed in; the jar is `ann`. With `fields` in her session. */
export function annIsIn(fields: Partial<Data> = {}, later?: number): Setup {
  return given(async (say) => {
    await say('ann', signIn)
    if (Object.keys(fields).length > 0) await say('ann', (session) => void Object.assign(session.data, fields))
  }, later)
}

/** Ann is signed in on two devices: the jars are `ann` and `phone`. */
export function annIsInTwice(later?: number): Setup {
  return given(async (say) => {
    await say('ann', signIn)
    await say('phone', signIn)
  }, later)
}

/** A visitor with these fields; the jar is `visitor`. */
export function aVisitorCame(fields: Partial<Data>, later?: number): Setup {
  return given((say) => say('visitor', (session) => void Object.assign(session.data, fields)), later)
}

/** Everybody's session after the last act: who they are to a node that was not there before. */
export class After {
  readonly told: Told
  readonly #sessions: Sessions<Data>

  constructor(told: Told) {
    this.told = told
    this.#sessions = siteOn(told.store, () => told.context.now)
  }

  /** The reply that a process returned; `null` where it crashed. */
  reply(process: string): Reply | null {
    const result = this.told.results.get(process)
    if (result?.status === 'threw') throw result.error
    return result?.status === 'returned' ? result.value : null
  }

  /** Whether a process was told that its work is done. */
  acked(process: string): boolean {
    return this.reply(process)?.ok === true
  }

  /** Whether a fault struck in a process. */
  struck(process: string): boolean {
    return this.told.done.some(({ act, fault }) => fault !== null && act.process === process)
  }

  /** The jar that a client had before, or after the reply of a process. */
  jar(holder: string): CookieJar {
    return this.told.context.jars[holder] ?? this.reply(holder)?.jar ?? cookieJar()
  }

  /** Who a client is now: a client of the setup by name, or the client of a process after its reply. */
  who(holder: string): Promise<Who | null> {
    return whoIs(this.#sessions, this.jar(holder))
  }

  /** As whom a client is signed in now. */
  async user(holder: string): Promise<string | null> {
    return (await this.who(holder))?.user ?? null
  }

  /** Everybody who holds a cookie: the setup's clients, and those of processes that were answered. */
  holders(): string[] {
    const answered = [...this.told.results.keys()].filter((process) => this.reply(process) !== null)
    return [...Object.keys(this.told.context.jars), ...answered]
  }

  /** The different live sessions that the holders can reach. */
  async reached(holders: readonly string[] = this.holders()): Promise<Map<string, Who>> {
    const live = new Map<string, Who>()
    for (const holder of holders) {
      const who = await this.who(holder)
      if (who !== null) live.set(who.handle, who)
    }
    return live
  }

  /** How many live sessions of a user the store holds, whether anybody can reach them or not. */
  async stored(user: string): Promise<number> {
    return (await this.told.store.find({ user }, this.told.context.now, null, 100)).rows.length
  }

  async row(handle: string): Promise<Row | null> {
    return this.told.store.get(handle, this.told.context.now)
  }

  /** The names of the moments in the order in which they came. */
  moments(): string[] {
    return this.told.done.flatMap(({ act: { call } }) => (call.kind === 'moment' ? [call.name] : []))
  }

  /** The row that a process read first: the one that its client's cookie named. */
  firstRead(process: string): string | null {
    return this.told.done.find(({ act }) => act.process === process && act.call.kind === 'get')?.act.handle ?? null
  }

  /** Of processes that write once: whose patch was carried out last. Further copies of one change nothing, so they do not count. */
  lastWriter(): string | null {
    const writers = new Set<string>()
    for (const { act, answer } of this.told.done) {
      if (act.call.kind === 'patch' && typeof answer === 'number') writers.add(act.process)
    }
    return [...writers].at(-1) ?? null
  }

  /** The position of a process' first look at a user's fence that was answered; -1 where it never looked. */
  lookedAtFence(process: string, user: string): number {
    const fence = fenceHandle('user', user)
    return this.told.done.findIndex(
      ({ act }) => act.process === process && act.call.kind === 'get' && act.handle === fence && !act.idle,
    )
  }

  /** The position at which a process raised a user's fence; infinity where it never did. */
  raisedFence(process: string, user: string): number {
    const fence = fenceHandle('user', user)
    const position = this.told.done.findIndex(
      ({ act, answer }) =>
        act.process === process && act.handle === fence && (answer === true || typeof answer === 'number'),
    )
    return position < 0 ? Number.POSITIVE_INFINITY : position
  }

  /** Whether some session was ended because an old copy of its cookie was believed to be used, or to be kept. */
  accused(): boolean {
    return this.told.done.some(
      ({ act: { call } }) =>
        call.kind === 'end' && (call.ending.reason === 'reused' || call.ending.reason === 'stalled'),
    )
  }
}

function jarOf(context: Context, client: string): CookieJar {
  return context.jars[client] ?? cookieJar()
}
