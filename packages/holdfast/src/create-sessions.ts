import { checkOptions } from './check-options.js'
import { createActs } from './engine/acts.js'
import { deadHandles, type Engine, type Scheme } from './engine/engine.js'
import { HoldfastError } from './engine/errors.js'
import { createEvents } from './engine/events.js'
import type { JsonData } from './engine/json-data.js'
import type { Keyring } from './engine/keyring.js'
import { toLifetimes } from './engine/lifetimes.js'
import { refusalOf } from './engine/refusal.js'
import type { RegisteredData } from './engine/register.js'
import { type Sessions, sessionsOf } from './engine/sessions.js'
import { reapExpired } from './engine/sweep.js'
import { traceOf } from './engine/trace.js'
import type { Transport } from './engine/transport.js'
import type { Arrival } from './engine/wire.js'
import { type CrossSiteRules, crossSiteRules, judgeCrossSite } from './guards/cross-site.js'
import { secretKeyring } from './keyring/secret-keyring.js'
import type { Options } from './options.js'
import { duration } from './policy/duration.js'
import { resolveScheme } from './policy/scheme.js'
import { cookieTransport } from './transport/cookie-transport.js'

const USERS = { idle: duration('30m'), absolute: duration('12h') }
const VISITORS = { idle: duration('7d'), absolute: duration('30d') }

/** How many handles known to be dead are remembered; a hundred bytes each. */
const DEAD_HANDLES = 1_000

/** What the doors to other libraries replace: how credentials are written and travel. */
export interface Doors {
  readonly transport?: (ring: () => Keyring) => Transport
}

/**
 * All sessions of one application, to be made once. Nothing is opened, and no secret needed, before the first request.
 *
 * Throws `HOLDFAST_CONFIG` for options that contradict each other or that browsers would silently ignore.
 */
export function createSessions<Data extends object & JsonData<Data> = RegisteredData>(
  options: Options<Data>,
): Sessions<Data> {
  return createSessionsWith<Data>(options, {})
}

/** {@link createSessions} with another transport. */
export function createSessionsWith<Data extends object>(options: Options<Data>, doors: Doors): Sessions<Data> {
  checkOptions(options)
  const production = globalThis.process?.env.NODE_ENV === 'production'
  const notice = oncePerText(options.log ?? ((text) => console.warn(text)))
  const trace = traceOf(globalThis.process?.env.NODE_DEBUG)
  const now = soundClock(options.now ?? Date.now)
  const events = createEvents((text, error) =>
    notice(`holdfast: ${text}: ${error instanceof Error ? error.name : typeof error}`),
  )
  const storeTimeout = duration(options.storeTimeout ?? '5s')
  const rules =
    options.crossSite === false ? null : crossSiteRules({ origin: options.origin, crossSite: options.crossSite })
  const every = options.renewal?.every ?? '15m'

  let ring: Keyring | null = null
  const keyring = (): Keyring => {
    ring ??= secretKeyring(options.secret, { production, warn: notice })
    return ring
  }
  const transport =
    doors.transport?.(keyring) ?? cookieTransport(options.cookie ?? {}, { ring: keyring, production, notice })

  const engine: Engine = {
    acts: createActs({
      store: options.store,
      timeout: storeTimeout,
      now,
      failed: (act, error) => {
        trace?.(`the store failed at ${act}`)
        events.emit('store', { at: now(), handle: null, user: null, act, error })
      },
    }),
    events,
    transport,
    keyring,
    timeouts: {
      user: toLifetimes(options.timeouts ?? {}, USERS),
      visitor: toLifetimes(options.visitors ?? {}, VISITORS),
    },
    renewal: {
      every: every === false ? null : duration(every),
      onReuse: options.renewal?.onReuse ?? 'end',
      onStalled: options.renewal?.onStalled ?? 'report',
    },
    dead: deadHandles(DEAD_HANDLES),
    schema:
      options.schema === undefined ? null : { schema: options.schema, onInvalid: options.onInvalid ?? 'drop-field' },
    now,
    onStoreDown: options.onStoreDown ?? 'refuse',
    patience: storeTimeout,
    scheme: (arrival) => resolveScheme(arrival, options.proxies),
    guard: rules === null ? () => null : crossSiteGuard(rules, events, now),
    trace,
  }

  let timer: NodeJS.Timeout | null = null
  let started = false
  return sessionsOf<Data>(engine, {
    property: options.property ?? 'session',
    only: options.only,
    start() {
      if (started) return
      keyring().signing()
      started = true
      notice(policyInForce(options, engine))
      timer = sweepTimer(engine, options)
    },
    stop() {
      if (timer !== null) clearInterval(timer)
    },
  })
}

function crossSiteGuard(rules: CrossSiteRules, events: Engine['events'], now: Engine['now']): Engine['guard'] {
  return (arrival: Arrival, scheme: Scheme, hasSessionCookie: boolean) => {
    const verdict = judgeCrossSite(
      {
        method: arrival.method,
        path: arrival.url,
        header: (name) => arrival.header(name),
        ownOrigin: scheme.origin,
        hasSessionCookie,
      },
      rules,
    )
    if (verdict === 'pass') return null
    events.emit('refused', { at: now(), handle: null, user: null, reason: 'cross-site' })
    if (rules.report) return null
    return refusalOf(
      new HoldfastError(
        'HOLDFAST_CROSS_SITE',
        `a cross-site request was refused (${verdict.refused}). If it is wanted, name its origin in crossSite.allow or its path in crossSite.except.`,
      ),
    )
  }
}

/** Every five minutes, give or take a fifth, so that the nodes of a fleet take turns. It holds no process open. */
function sweepTimer(engine: Engine, options: Options<object>): NodeJS.Timeout | null {
  if (options.sweep === false || engine.acts.store.sweep === undefined) return null
  const every = duration(options.sweep ?? '5m')
  const timer = setInterval(
    () => {
      // What failed has been said as an event; the next turn tries again.
      reapExpired(engine).catch(() => undefined)
    },
    every * (0.8 + 0.4 * Math.random()),
  )
  timer.unref()
  return timer
}

/** A clock that has gone wrong must not make sessions last for ever. */
function soundClock(clock: () => number): () => number {
  return () => {
    const now = clock()
    if (Number.isFinite(now) && now >= 0) return now
    throw new HoldfastError(
      'HOLDFAST_CONFIG',
      'the clock did not answer epoch milliseconds. Let options.now answer what Date.now does.',
    )
  }
}

function oncePerText(log: (text: string) => void): (text: string) => void {
  const said = new Set<string>()
  return (text) => {
    if (said.has(text)) return
    said.add(text)
    log(text.startsWith('holdfast') ? text : `holdfast: ${text}`)
  }
}

function policyInForce(options: Options<object>, engine: Engine): string {
  const { timeouts, renewal } = engine
  const guard =
    options.crossSite === false
      ? 'off'
      : options.crossSite?.report
        ? 'reports only'
        : `against ${options.origin ?? "the request's own origin"}`
  return [
    `holdfast: users idle ${text(timeouts.user.idle)}, absolute ${text(timeouts.user.absolute)}`,
    `visitors idle ${text(timeouts.visitor.idle)}, absolute ${text(timeouts.visitor.absolute)}`,
    `secrets renewed ${renewal.every === null ? 'never' : `every ${text(renewal.every)}`}`,
    `cross-site guard ${guard}`,
    `store ${engine.acts.store.name}`,
  ].join('; ')
}

function text(millis: number | null): string {
  if (millis === null) return 'never (!)'
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    if (millis >= size && millis % size === 0) return `${millis / size}${unit}`
  }
  return `${millis}ms`
}
