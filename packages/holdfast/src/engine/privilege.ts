import { type Binding, type Born, bear } from './birth.js'
import { endChain, TOMBSTONE } from './chain.js'
import type { Credential } from './credential.js'
import type { Engine } from './engine.js'
import { HoldfastError } from './errors.js'
import type { DropReason } from './events.js'
import type { Auth, Facts } from './facts.js'
import { fenceHandle, readFence } from './fence.js'
import { parseKeys } from './keys.js'
import { mergeTexts } from './merge.js'
import { newOp } from './random.js'
import { knowsSecret } from './renewal.js'
import type { Ended, Row } from './row.js'
import { credentialsOf, isReadable } from './transport.js'
import type { Visit } from './visit.js'
import { write } from './write.js'

/** What a sign-in may name. */
export interface SignIn {
  readonly keep: readonly string[]
  readonly auth: Auth
  readonly link: string | null
  readonly timeouts: Facts['timeouts']
}

/** The fences as they were before a password was checked. */
export type Fences = ReadonlyMap<string, string | null>

/** A field that crosses over: what this request sees, and the text that it read it as. */
interface Carried {
  readonly text: string | null
  /** `undefined`: set without having been read, so that nothing else is merged into it. */
  readonly base: string | null | undefined
}

/**
 * Signs a user in: a new row with the kept fields, then the end of the old one. Whoever is signed in here as somebody else
 * is signed out first. See the steps inside; each was found necessary by exploring every order of acts.
 */
export async function signIn(visit: Visit, user: string, options: SignIn, begun?: Fences): Promise<void> {
  visit.arm()
  visit.mayGive('signIn')
  const { binding } = visit
  if (binding !== null && binding.row.user === user) return stepUp(visit, options.auth, { ...options, begun })
  if (binding !== null && binding.row.user !== null) {
    if (options.keep.length > 0) {
      throw new HoldfastError(
        'HOLDFAST_KEEP_ACROSS_USERS',
        'signIn as another user cannot keep fields: they are the former user’s. Leave keep out.',
      )
    }
    const changed = visit.fields.changedNames()
    await endPresented(visit, 'signed-out')
    visit.drop(changed, 'signed-out')
    visit.bind(null)
  } else {
    await endFormerUser(visit, user)
  }
  const from = visit.binding
  const carried = from === null ? await lostVisitor(visit, options.keep) : carry(visit, options.keep)
  const born = await bearFenced(visit, {
    user,
    link: options.link,
    auth: options.auth,
    from: null,
    timeouts: options.timeouts,
    carried,
    begun,
  })
  const ending = from === null ? null : { old: from.row.handle, mustBeLive: false }
  await replace(visit, born, ending, carried)
  const about = { at: visit.engine.now(), handle: born.binding.row.handle, user }
  visit.engine.events.emit('signed-in', { ...about, from: from?.row.handle ?? null })
}

/** Signs the same user in again: a new row with a new secret, every field carried. The old row must be live to the end. */
export async function stepUp(
  visit: Visit,
  auth: Auth,
  options: Partial<Omit<SignIn, 'auth'>> & { readonly begun?: Fences | undefined } = {},
): Promise<void> {
  visit.arm()
  visit.mayGive('stepUp')
  const old = signedIn(visit, 'stepUp')
  const { user, handle } = old.row
  const carried = carry(visit, options.keep ?? visit.fields.everyName())
  const born = await bearFenced(visit, {
    user,
    link: options.link ?? old.row.link,
    auth,
    from: handle,
    timeouts: options.timeouts ?? old.facts.timeouts,
    carried,
    begun: options.begun,
  })
  await replace(visit, born, { old: handle, mustBeLive: true, every: options.keep === undefined }, carried)
  const about = { at: visit.engine.now(), handle: born.binding.row.handle, user }
  visit.engine.events.emit('stepped-up', { ...about, from: handle })
}

/**
 * Ends the chain of every credential that came with the request and whose secret its row knows, live or superseded. If an
 * act fails the cookies stay, so that it can be tried again.
 */
export async function signOut(visit: Visit): Promise<void> {
  visit.arm()
  const changed = visit.fields.changedNames()
  await endPresented(visit, 'signed-out')
  visit.drop(changed, 'signed-out')
  visit.bind(null)
  visit.unresolved = false
  visit.clear('user')
  visit.clear('visitor')
}

/** The row of a signed-in user, or an error that says how to ask first. */
export function signedIn(visit: Visit, act: string): Binding {
  const { binding } = visit
  if (binding !== null && binding.row.user !== null) return binding
  throw new HoldfastError('HOLDFAST_ENDED', `${act} needs a signed-in session. Ask session.isSignedIn() first.`)
}

/** Ends what the request holds and what it presented, with all that came after. */
async function endPresented(visit: Visit, reason: 'signed-out'): Promise<void> {
  const { engine, binding } = visit
  const done = new Set<string>()
  if (binding !== null) {
    done.add(binding.row.handle)
    await endAndSay(engine, binding.row.handle, reason)
  }
  const { user, visitor } = visit.presented
  for (const credential of [...credentialsOf(user), ...credentialsOf(visitor)]) {
    if (done.has(credential.handle)) continue
    done.add(credential.handle)
    const row = await knownRow(engine, credential)
    if (row !== null) await endAndSay(engine, row.handle, reason)
  }
}

/** A credential of somebody else came along, superseded: that user's chain ends before another signs in. */
async function endFormerUser(visit: Visit, user: string): Promise<void> {
  for (const credential of credentialsOf(visit.presented.user)) {
    const row = await knownRow(visit.engine, credential)
    if (row === null || row.user === null || row.user === user) continue
    await endAndSay(visit.engine, row.handle, 'signed-out')
  }
}

/** The row that a credential names, if it knows the credential's secret. Reads past the handles known to be dead. */
async function knownRow(engine: Engine, credential: Credential): Promise<Row | null> {
  const row = await engine.acts.get(credential.handle, true)
  const keys = row === null || row.kind !== 'session' ? null : parseKeys(row.keys)
  return keys !== null && knowsSecret(keys, credential.hash, engine.now()) ? row : null
}

async function endAndSay(engine: Engine, handle: string, reason: 'signed-out'): Promise<void> {
  for (const row of await endChain(engine.acts, handle, reason, engine.now)) {
    engine.dead.add(row.handle)
    if (row.user !== null) engine.events.emit('signed-out', { at: engine.now(), handle: row.handle, user: row.user })
  }
}

/** What crosses over, as this request sees it; unwritten changes of everything else are dropped, and said. */
function carry(visit: Visit, keep: readonly string[]): Map<string, Carried> {
  const carried = new Map<string, Carried>()
  for (const field of keep) carried.set(field, { text: visit.fields.text(field), base: visit.fields.base(field) })
  const lost = visit.fields.changedNames().filter((field) => !carried.has(field))
  visit.drop(lost, 'not-kept')
  return carried
}

/**
 * Without a live row the kept fields are this request's own; or, where the answer to an earlier sign-in was lost, those of
 * the visitor's row that it superseded.
 */
async function lostVisitor(visit: Visit, keep: readonly string[]): Promise<Map<string, Carried>> {
  const carried = carry(visit, keep)
  if (keep.length === 0) return carried
  const shown = visit.presented[visit.lane.shared ? 'user' : 'visitor']
  const row = isReadable(shown) ? await knownRow(visit.engine, shown.credential) : null
  if (row === null || row.user !== null || row.ended?.reason !== 'superseded') return carried
  for (const field of keep) {
    const own = carried.get(field)
    if (own === undefined || own.text === null)
      carried.set(field, { text: row.fields.get(field) ?? null, base: undefined })
  }
  return carried
}

/** Creates the new row between two looks at the fences: a revocation that came between ends it again. */
async function bearFenced(
  visit: Visit,
  birth: {
    readonly user: string | null
    readonly link: string | null
    readonly auth: Auth
    readonly from: string | null
    readonly timeouts: Facts['timeouts']
    readonly carried: ReadonlyMap<string, Carried>
    readonly begun: Fences | undefined
  },
): Promise<Born> {
  const { engine } = visit
  const handles = fencesOf(birth.user, birth.link)
  const before = new Map(birth.begun)
  for (const handle of handles) {
    if (!before.has(handle)) before.set(handle, await readFence(engine.acts, handle, engine.now()))
  }
  const fields = new Map<string, string>()
  for (const [field, { text }] of birth.carried) if (text !== null) fields.set(field, text)
  const born = await bear(visit, 'user', { ...birth, fields })
  await orEnd(visit, born, async () => {
    for (const handle of handles) {
      if ((await readFence(engine.acts, handle, engine.now())) === before.get(handle)) continue
      throw new HoldfastError(
        'HOLDFAST_REVOKED',
        'the sessions of this user were revoked while this one was created, so it was ended. Let the user sign in again.',
      )
    }
  })
  return born
}

/** The handles of the fences that concern a row. */
function fencesOf(user: string | null, link: string | null): string[] {
  const handles: string[] = []
  if (user !== null) handles.push(fenceHandle('user', user))
  if (link !== null) handles.push(fenceHandle('link', link))
  return handles
}

/** Ends the old row in favour of the new one, and brings over what other requests wrote to it until that moment. */
async function replace(
  visit: Visit,
  born: Born,
  ending: { readonly old: string; readonly mustBeLive: boolean; readonly every?: boolean } | null,
  carried: ReadonlyMap<string, Carried>,
): Promise<void> {
  const { engine } = visit
  if (ending !== null) {
    await orEnd(visit, born, async () => {
      const op = newOp()
      const successor = born.binding.row.handle
      const final = await engine.acts.end(ending.old, {
        op,
        reason: 'superseded',
        successor,
        until: engine.now() + TOMBSTONE,
      })
      const tombstone = typeof final === 'object' ? (final?.ended ?? null) : null
      const mine = tombstone?.by === op && tombstone.reason === 'superseded'
      if (ending.mustBeLive && !mine) throw overtaken(tombstone)
      if (tombstone?.reason === 'superseded')
        await mergeLate(visit, born.binding, final as Row, carried, ending.every === true)
    })
    engine.dead.add(ending.old)
  }
  const { binding, credential } = born
  visit.bind(binding)
  visit.give('user', binding.row, binding.lifetimes, binding.facts, credential)
  if (!visit.lane.shared) visit.clear('visitor')
}

/** Carried fields that others wrote or removed meanwhile are in the old row's final state; they are merged over. */
async function mergeLate(
  visit: Visit,
  binding: Binding,
  final: Row,
  carried: ReadonlyMap<string, Carried>,
  every: boolean,
): Promise<void> {
  const changes = []
  for (const [field, { text, base }] of carried) {
    const there = final.fields.get(field) ?? null
    if (base === undefined || there === base) continue
    const merged = mergeTexts(base, text, there)
    const about = { at: visit.engine.now(), handle: binding.row.handle, user: binding.row.user }
    if (merged.overlapped) visit.engine.events.emit('overlapped', { ...about, field })
    if (merged.text !== text) changes.push({ field, text: merged.text, base: undefined })
  }
  if (every) {
    for (const [field, text] of final.fields) if (!carried.has(field)) changes.push({ field, text, base: undefined })
  }
  if (changes.length === 0) return
  const { engine } = visit
  const terms = { createdAt: binding.facts.createdAt, lifetimes: binding.lifetimes }
  const written = await write(engine.acts, binding.row, { op: newOp(), changes }, terms, engine.now, engine.patience)
  if (written.was === 'applied') visit.learn(binding, written)
  else if (written.was === 'dropped') throw overtaken({ reason: written.reason })
}

/** If the rest of a privilege act fails, its new row is ended: nobody was given its secret, and nobody will be. */
async function orEnd(visit: Visit, born: Born, rest: () => Promise<void>): Promise<void> {
  try {
    await rest()
  } catch (error) {
    const { handle } = born.binding.row
    const { acts, now } = visit.engine
    await acts.end(handle, { op: newOp(), reason: 'revoked', until: now() + TOMBSTONE }).catch(() => null)
    throw error
  }
}

function overtaken(tombstone: { readonly reason: Ended['reason'] | DropReason } | null): HoldfastError {
  return new HoldfastError(
    'HOLDFAST_ENDED',
    `the session was ended meanwhile (${tombstone?.reason ?? 'gone'}), so it was not replaced. Let the user sign in again.`,
  )
}
