import type { Codec, Credential, Unreadable } from './credential.js'
import type { Millis } from './row.js'
import type { Arrival } from './wire.js'

/** Whose credential it is. Each has a cookie name of its own, so a visitor's late answer never lands on a user's cookie. */
export type Realm = 'user' | 'visitor'

/** A credential whose tag is true. */
export interface Readable {
  readonly credential: Credential
  /** As it was presented. */
  readonly text: string
}

/** Two or more valid credentials under one name: which of them is the browser's own nobody can say. */
export interface Twice {
  readonly twice: readonly Credential[]
}

/** What a request presented under one name: nothing, a credential, or something that is none. */
export type Shown = Readable | Twice | Unreadable | null

/** Whether it is a credential, and the only one. */
export function isReadable(shown: Shown): shown is Readable {
  return typeof shown === 'object' && shown !== null && 'credential' in shown
}

/** The credentials that a request presented under one name, also where it is served as nobody's. */
export function credentialsOf(shown: Shown): readonly Credential[] {
  if (shown === null || typeof shown === 'string') return []
  return 'twice' in shown ? shown.twice : [shown.credential]
}

/** What a request presented. */
export interface Presented {
  readonly user: Shown
  readonly visitor: Shown
  /** Whether there was any cookie of ours at all, valid or not. */
  readonly any: boolean
}

/** How credentials travel on one kind of connection. */
export interface Lane {
  /** Why no session can be started here: the remedy, for the error. `null` on a lane that carries sessions. */
  readonly insecure: string | null
  /** Both realms under one name, as a foreign codec may have it. */
  readonly shared: boolean
  codec(realm: Realm): Codec
  read(arrival: Arrival): Presented
  /** A `Set-Cookie` value. `lifetime`: what is left of the session, in milliseconds; `null` = no limit. */
  give(realm: Realm, text: string, lifetime: Millis | null): string
  /** A `Set-Cookie` value that removes the cookie. */
  clear(realm: Realm): string
}

/** Where a request's scheme is known, so is its lane. */
export interface Transport {
  lane(scheme: { readonly secure: boolean; readonly loopback: boolean }): Lane
}
