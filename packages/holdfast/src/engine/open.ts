import { expiresAt } from '../policy/timeouts.js'
import { applySchema } from './apply-schema.js'
import type { Binding } from './birth.js'
import { TOMBSTONE } from './chain.js'
import type { Unreadable } from './credential.js'
import type { Engine } from './engine.js'
import { HoldfastError } from './errors.js'
import { judge, type Verdict } from './judge.js'
import { formatKeys, type Keys } from './keys.js'
import { patched } from './plan.js'
import { newOp } from './random.js'
import { refusalOf } from './refusal.js'
import { promote, turn } from './renewal.js'
import type { Awaitable, Row } from './row.js'
import { isReadable, type Readable, type Realm, type Twice } from './transport.js'
import { coded, Visit } from './visit.js'
import type { Arrival, Opened, Refusal, Wire } from './wire.js'

/** How often a verdict is judged again because somebody else changed the row in between. */
const MOST_ROUNDS = 16

/** Opens a request: guard, transport, store, policy; then the handler can have its session. */
export async function open<S>(
  engine: Engine,
  arrival: Arrival,
  wire: Wire | undefined,
  sessionOf: (visit: Visit<S>) => S,
): Promise<NonNullable<Opened<S>>> {
  const scheme = engine.scheme(arrival)
  const lane = engine.transport.lane(scheme)
  let presented = lane.read(arrival)
  const refusal = engine.guard(arrival, scheme, presented.any)
  if (refusal !== null) return { refusal }
  let unresolved = false
  if (presented.user === 'unknown' || presented.visitor === 'unknown') {
    try {
      await engine.keyring().refresh?.()
      presented = lane.read(arrival)
    } catch (error) {
      const down = refusalFor(engine, error)
      if (down !== null) return { refusal: down }
      unresolved = true
    }
  }
  const visit = new Visit(engine, arrival, wire, { scheme, lane, presented }, sessionOf)
  try {
    await bindFirstLive(visit)
    if (engine.schema !== null) await applySchema(visit, engine.schema)
  } catch (error) {
    const down = refusalFor(engine, error)
    if (down !== null) return { refusal: down }
    // It may have got as far as a row; whoever is not fully judged is nobody.
    visit.bind(null)
    unresolved = true
  }
  if (unresolved) visit.unresolved = true
  return { exchange: visit }
}

/** `null` where the option says that a store that is down means a visitor. */
function refusalFor(engine: Engine, error: unknown): Refusal | null {
  const failure = coded(error)
  return engine.onStoreDown === 'refuse' || failure.status !== 503 ? refusalOf(failure) : null
}

/** The user's credential is read first, the visitor's only where that one is absent or not live. */
async function bindFirstLive<S>(visit: Visit<S>): Promise<void> {
  for (const realm of ['user', 'visitor'] as const) {
    const shown = visit.presented[realm]
    if (shown === null) continue
    const binding = isReadable(shown) ? await find(visit, realm, shown) : unread(visit, realm, shown)
    if (binding === null) continue
    visit.bind(binding)
    return
  }
}

/** What is no credential opens nothing; it is said, and never told to the client. */
function unread<S>(visit: Visit<S>, realm: Realm, shown: Unreadable | Twice): null {
  const final = shown !== 'unknown' && shown !== 'newer'
  if (!final) leaveAlone(visit, realm)
  const reason = typeof shown === 'object' ? 'twice' : final ? 'tampered' : 'unknown'
  refused(visit.engine, reason, null)
  return null
}

/** A cookie that another node may understand: no visitor's row may be created over it. */
function leaveAlone<S>(visit: Visit<S>, realm: Realm): void {
  if (realm === 'visitor' || visit.lane.shared) visit.unresolved = true
}

async function find<S>(visit: Visit<S>, realm: Realm, shown: Readable): Promise<Binding | null> {
  const { engine } = visit
  const { credential } = shown
  if (engine.dead.has(credential.handle)) {
    refused(engine, 'unknown', credential.handle)
    return null
  }
  let fresh = false
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const row = await engine.acts.get(credential.handle, fresh)
    const verdict = judge(row, credential, engine.timeouts, engine.now())
    engine.trace?.(`${realm} ${credential.handle}: ${verdict.is === 'live' ? verdict.standing : verdict.is}`)
    const settled = await follow(visit, realm, verdict, shown, fresh || !engine.acts.store.mayBeStale)
    if (settled !== 'again') return settled
    fresh = true
  }
  throw new HoldfastError('HOLDFAST_STORE', 'a session kept changing while it was judged. Try again.')
}

/** Carries out what a verdict asks for. `again`: judge once more, from the primary. */
function follow<S>(
  visit: Visit<S>,
  realm: Realm,
  verdict: Verdict,
  { credential, text }: Readable,
  primary: boolean,
): Awaitable<Binding | null | 'again'> {
  const { engine } = visit
  if (verdict.is !== 'live' && !primary) return 'again'
  switch (verdict.is) {
    case 'live':
      return live(visit, realm, verdict, credential.hash, text)
    case 'dead':
      engine.dead.add(credential.handle)
      refused(engine, 'unknown', credential.handle)
      return null
    case 'newer':
    case 'ahead':
      leaveAlone(visit, realm)
      refused(engine, 'unknown', null)
      return null
    case 'over':
      return over(engine, verdict)
    case 'reused':
      return reused(engine, verdict)
  }
}

function live<S>(
  visit: Visit<S>,
  realm: Realm,
  verdict: Extract<Verdict, { is: 'live' }>,
  secret: string,
  text: string,
): Awaitable<Binding | 'again' | null> {
  const { engine } = visit
  const { row, facts, keys, lifetimes } = verdict
  const binding: Binding = { row, facts, lifetimes, realm, secret, text, suspect: keys.suspect }
  if (verdict.standing === 'offered') return promoted(engine, binding, keys)
  const { every, onStalled } = engine.renewal
  if (onStalled !== 'end' || every === null || row.user === null || verdict.standing !== 'current') return binding
  // Also where it was noted already: as by a request that was answered after the last lease and opened before its end.
  return turn({ ...keys, stalled: false }, every, engine.now()) === 'stalled' ? stalled(engine, row) : binding
}

/** The first sight of an offer makes it the current secret. */
async function promoted(engine: Engine, binding: Binding, keys: Keys): Promise<Binding | 'again'> {
  const { row, facts, lifetimes, secret } = binding
  const now = engine.now()
  const op = newOp()
  const patch = {
    keys: formatKeys(promote(keys, secret, now)),
    ifKeys: row.keys,
    op,
    seenAt: now,
    expiresAt: expiresAt(lifetimes, facts.createdAt, now),
  }
  try {
    const version = await engine.acts.patch(row.handle, patch)
    // Refused: somebody was faster, or this is the second copy of what was carried out.
    const there = version === null ? await engine.acts.get(row.handle, true) : patched(row, patch, version)
    if (there === null || (version === null && !there.ops.includes(op))) return 'again'
    engine.events.emit('renewed', { at: now, handle: row.handle, user: row.user })
    return there.ended === null ? { ...binding, row: there } : 'again'
  } catch (error) {
    // The offer stays an offer: the next request that brings it promotes it.
    engine.trace?.(`promotion failed: ${coded(error).code}`)
    return binding
  }
}

/** Six offers went unanswered, and the policy ends such a session. */
async function stalled(engine: Engine, row: Row): Promise<null | 'again'> {
  const now = engine.now()
  const op = newOp()
  const ending = { op, reason: 'stalled', until: now + TOMBSTONE, ifKeys: row.keys } as const
  const ended = await engine.acts.end(row.handle, ending)
  if (ended === 'guarded') return 'again'
  if (ended?.ended?.by === op) {
    engine.events.emit('stalled', { at: now, handle: row.handle, user: row.user, action: 'end' })
  }
  return null
}

async function over(engine: Engine, verdict: Extract<Verdict, { is: 'over' }>): Promise<null> {
  const { row, reason } = verdict
  const op = newOp()
  const now = engine.now()
  const ended = await engine.acts.end(row.handle, { op, reason: 'expired', until: now + TOMBSTONE })
  // What the store itself takes for dead is left to the sweep, which says it: one old cookie must not cost a whole sweep.
  if (ended !== null && ended !== 'guarded' && ended.ended?.by === op) {
    engine.events.emit('expired', { at: now, handle: row.handle, user: row.user, reason })
  }
  return null
}

/** An old copy was used. Guarded by the keys it was judged by: the verdict may have been overtaken. */
async function reused(engine: Engine, verdict: Extract<Verdict, { is: 'reused' }>): Promise<null | 'again'> {
  const { row, keys } = verdict
  const action = engine.renewal.onReuse
  const now = engine.now()
  const op = newOp()
  if (action === 'end') {
    const ended = await engine.acts.end(row.handle, { op, reason: 'reused', until: now + TOMBSTONE, ifKeys: row.keys })
    if (ended === 'guarded') return 'again'
    if (ended?.ended?.by !== op) return null
  } else if (action === 'step-up' && !keys.suspect) {
    const suspect = formatKeys({ ...keys, suspect: true })
    const version = await engine.acts.patch(row.handle, { keys: suspect, ifKeys: row.keys, op })
    if (version === null) return 'again'
  }
  engine.events.emit('reused', { at: now, handle: row.handle, user: row.user, action })
  return null
}

function refused(engine: Engine, reason: 'unknown' | 'tampered' | 'twice', handle: string | null): void {
  engine.events.emit('refused', { at: engine.now(), handle, user: null, reason })
}
