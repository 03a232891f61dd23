import { type Credential, sameDigest } from './credential.js'
import { currentSince, type Keys, type KnownSecret } from './keys.js'
import type { Millis } from './row.js'

/** How far the clocks of two nodes may be apart. Windows are judged in the client's favour by this much. */
export const CLOCK_SKEW: Millis = 60_000

/** How long a former secret is still answered, beside the clock skew. */
export const GRACE: Millis = 120_000

/** How long an offer is waited for before the next one is made. */
export const LEASE: Millis = 180_000

/** How many offers may be open at once. */
export const MOST_OFFERS = 6

/**
 * What a credential with a true tag is to a row. `ahead`: its number is higher than any that the row ever gave out, so a
 * write was lost, as by a failover: nobody's fault, and nothing is touched.
 */
export type Standing = 'current' | 'graced' | 'offered' | 'reused' | 'ahead'

/** Decides what a credential is to a row. */
export function stand(keys: Keys, credential: Credential, now: Millis): Standing {
  if (sameDigest(keys.current.hash, credential.hash)) return 'current'
  if (holds(keys.offers, credential.hash)) return 'offered'
  const graced = keys.graced.find((secret) => sameDigest(secret.hash, credential.hash))
  if (graced !== undefined && inGrace(graced, now)) return 'graced'
  return credential.number > keys.highest ? 'ahead' : 'reused'
}

/** Whether the row knows the secret at all: as the current one, an offer, or one in grace. */
export function knowsSecret(keys: Keys, hash: string, now: Millis): boolean {
  return (
    sameDigest(keys.current.hash, hash) ||
    holds(keys.offers, hash) ||
    keys.graced.some((secret) => sameDigest(secret.hash, hash) && inGrace(secret, now))
  )
}

/**
 * The first sight of an offer makes it the current secret. The one before it and the offers with lower numbers keep
 * their grace, because an answer that carried them may still be on its way; those with higher numbers stay offers.
 */
export function promote(keys: Keys, hash: string, now: Millis): Keys {
  const chosen = keys.offers.find((offer) => offer.hash === hash)
  if (chosen === undefined) return keys
  const until = now + GRACE
  const earlier = keys.offers.filter((offer) => offer.number < chosen.number)
  return {
    ...keys,
    current: { ...chosen, at: now },
    offers: keys.offers.filter((offer) => offer.number > chosen.number),
    graced: [
      ...keys.graced.filter((secret) => inGrace(secret, now)),
      { ...keys.current, at: until },
      ...earlier.map((offer) => ({ ...offer, at: until })),
    ],
    stalled: false,
  }
}

/** Whether a successor may be offered now, in answer to a request that came with the current secret. */
export type Turn = 'not-yet' | 'offer' | 'stalled'

/** Decides whether it is time for a successor. `every`: milliseconds that a secret is current; `Infinity`: until asked for. */
export function turn(keys: Keys, every: Millis, now: Millis): Turn {
  if (now < nextTurn(keys, every)) return 'not-yet'
  if (keys.offers.length < MOST_OFFERS) return 'offer'
  return keys.stalled ? 'not-yet' : 'stalled'
}

/** Whether the current secret is too young for a successor: from the text of the keys, because nearly every request asks. */
export function isYoung(keys: string, every: Millis, now: Millis): boolean {
  const since = currentSince(keys)
  return since !== DUE && now < since + every
}

/** The first moment at which it can be somebody's turn: the secret is old enough, no former one has grace, no offer waits. */
export function nextTurn(keys: Keys, every: Millis): Millis {
  const last = keys.offers.at(-1)
  const graces = keys.graced.map((secret) => secret.at + CLOCK_SKEW + 1)
  const old = keys.current.at === DUE ? DUE : keys.current.at + every
  return Math.max(old, ...graces, last === undefined ? 0 : last.at + LEASE)
}

/** The keys with one more offer, and its number. */
export function offer(keys: Keys, hash: string, now: Millis): { readonly keys: Keys; readonly number: number } {
  const number = keys.highest + 1
  const graced = keys.graced.filter((secret) => inGrace(secret, now))
  return { number, keys: { ...keys, graced, highest: number, offers: [...keys.offers, { number, hash, at: now }] } }
}

/** A secret that is current since then is due, whatever its age. */
const DUE: Millis = 0

/** The keys of a session whose secret is due for renewal at the first moment that is allowed. */
export function makeDue(keys: Keys): Keys {
  return { ...keys, current: { ...keys.current, at: DUE } }
}

function holds(secrets: readonly KnownSecret[], hash: string): boolean {
  return secrets.some((secret) => sameDigest(secret.hash, hash))
}

function inGrace(secret: KnownSecret, now: Millis): boolean {
  return now <= secret.at + CLOCK_SKEW
}
