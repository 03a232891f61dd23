import { expiresAt, type Lifetimes } from '../policy/timeouts.js'
import { FIRST_NUMBER, hashSecret } from './credential.js'
import type { Engine, Scheme } from './engine.js'
import { HoldfastError } from './errors.js'
import { type Auth, agentOf, type Facts, formatFacts, networkOf } from './facts.js'
import { lifetimesOf } from './judge.js'
import { firstKeys, formatKeys } from './keys.js'
import { checkSize } from './plan.js'
import type { Row } from './row.js'
import type { Lane, Realm } from './transport.js'
import type { Arrival } from './wire.js'

/** The row that a request holds. */
export interface Binding {
  /** As last known. */
  row: Row
  readonly facts: Facts
  readonly lifetimes: Lifetimes
  readonly realm: Realm
  /** The hash of the secret that the request came with, or was given. */
  readonly secret: string
  /** What the client presented; `null` for a row that this request created. */
  readonly text: string | null
  /** A step-up is asked for, because an old copy of the secret was used. */
  readonly suspect: boolean
}

/** What a new row is made of. */
export interface Birth {
  readonly user: string | null
  readonly link?: string | null
  readonly auth?: Auth | null
  readonly from?: string | null
  readonly timeouts?: Facts['timeouts']
  readonly fields: ReadonlyMap<string, string>
}

/** A new row, and what its client is to be given. */
export interface Born {
  readonly binding: Binding
  readonly credential: string
}

/** What a birth needs to know of the request. */
interface Parent {
  readonly engine: Engine
  readonly lane: Lane
  readonly arrival: Arrival
  readonly scheme: Scheme
}

/** Creates a row. Answers it with the credential that its client is to be given. */
export async function bear(visit: Parent, realm: Realm, birth: Birth): Promise<Born> {
  const { engine } = visit
  const codec = visit.lane.codec(realm)
  const now = engine.now()
  const facts: Facts = {
    createdAt: now,
    auth: birth.auth ?? null,
    from: birth.from ?? null,
    agent: agentOf(visit.arrival.header('user-agent')),
    network: networkOf(visit.scheme.address),
    timeouts: birth.timeouts ?? null,
  }
  const lifetimes = lifetimesOf(birth, facts, engine.timeouts)
  checkSize(new Map(), birth.fields)
  const { handle, secret } = codec.mint()
  const hash = hashSecret(secret)
  const row: Row = {
    handle,
    kind: 'session',
    user: birth.user,
    link: birth.link ?? null,
    facts: formatFacts(facts),
    keys: formatKeys(firstKeys(FIRST_NUMBER, hash, now)),
    fields: birth.fields,
    version: 1,
    seenAt: now,
    expiresAt: expiresAt(lifetimes, now, now),
    ended: null,
    ops: [],
  }
  if (!(await engine.acts.create(row))) {
    throw new HoldfastError('HOLDFAST_STORE', `the store '${engine.acts.store.name}' refused a row of a new handle.`)
  }
  engine.events.emit('created', { at: now, handle, user: row.user })
  return {
    binding: { row, facts, lifetimes, realm, secret: hash, text: null, suspect: false },
    credential: codec.issue(handle, FIRST_NUMBER, secret),
  }
}
