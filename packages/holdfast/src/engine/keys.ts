import { formatNumber, formatTime, NUMBER_WIDTH, parse36, TIME_WIDTH } from './base36.js'
import { HASH_WIDTH } from './credential.js'
import type { Millis } from './row.js'

/** One secret of a row, by its hash. */
export interface KnownSecret {
  readonly number: number
  readonly hash: string
  /** The current one: since when it is. An offer: when it was made. One in grace: until when. */
  readonly at: Millis
}

/** The state of a row's credential: what the text in `Row.keys` says. */
export interface Keys {
  readonly current: KnownSecret
  /** Successors that were sent and not yet seen, at most six, oldest first. */
  readonly offers: readonly KnownSecret[]
  /** Former secrets that are still answered for a while. */
  readonly graced: readonly KnownSecret[]
  /** The highest number ever given out in this row. */
  readonly highest: number
  /** Six offers went unanswered, and this was said. */
  readonly stalled: boolean
  /** An old copy was used, and the policy asks for a step-up: the session's level counts as 0 until there was one. */
  readonly suspect: boolean
}

// Fixed width, because it is read at every request: format digit, the current secret's hash, number and time, the highest
// number, flags; then for each further secret `o` (offer) or `g` (grace), number, hash, time.
const HEAD_WIDTH = 1 + HASH_WIDTH + NUMBER_WIDTH + TIME_WIDTH + NUMBER_WIDTH + 1
const ENTRY_WIDTH = 1 + NUMBER_WIDTH + HASH_WIDTH + TIME_WIDTH

/** The keys of a new row: one secret. */
export function firstKeys(number: number, hash: string, now: Millis): Keys {
  return { current: { number, hash, at: now }, offers: [], graced: [], highest: number, stalled: false, suspect: false }
}

/** The text that goes into `Row.keys`. */
export function formatKeys(keys: Keys): string {
  const { current } = keys
  const flags = (keys.stalled ? 1 : 0) + (keys.suspect ? 2 : 0)
  let text = `1${current.hash}${formatNumber(current.number)}${formatTime(current.at)}${formatNumber(keys.highest)}${flags}`
  for (const offer of keys.offers) text += entry('o', offer)
  for (const graced of keys.graced) text += entry('g', graced)
  return text
}

/** `null` where the format digit is higher than this version knows. */
export function parseKeys(text: string): Keys | null {
  if (text.charCodeAt(0) !== 49) return null
  const offers: KnownSecret[] = []
  const graced: KnownSecret[] = []
  for (let at = HEAD_WIDTH; at < text.length; at += ENTRY_WIDTH) {
    const list = text.charAt(at) === 'o' ? offers : graced
    list.push({
      number: parse36(text, at + 1, NUMBER_WIDTH),
      hash: text.slice(at + 1 + NUMBER_WIDTH, at + 1 + NUMBER_WIDTH + HASH_WIDTH),
      at: parse36(text, at + 1 + NUMBER_WIDTH + HASH_WIDTH, TIME_WIDTH),
    })
  }
  const flags = Number(text.charAt(HEAD_WIDTH - 1))
  const afterHash = 1 + HASH_WIDTH
  return {
    current: {
      hash: text.slice(1, afterHash),
      number: parse36(text, afterHash, NUMBER_WIDTH),
      at: parse36(text, afterHash + NUMBER_WIDTH, TIME_WIDTH),
    },
    offers,
    graced,
    highest: parse36(text, afterHash + NUMBER_WIDTH + TIME_WIDTH, NUMBER_WIDTH),
    stalled: (flags & 1) !== 0,
    suspect: (flags & 2) !== 0,
  }
}

/** Since when the current secret is, of keys that are known to be of this format: all that most requests ask of them. */
export function currentSince(text: string): Millis {
  return parse36(text, 1 + HASH_WIDTH + NUMBER_WIDTH, TIME_WIDTH)
}

function entry(mark: 'o' | 'g', secret: KnownSecret): string {
  return mark + formatNumber(secret.number) + secret.hash + formatTime(secret.at)
}
