import { hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { formatNumber, NUMBER_WIDTH, parse36 } from './base36.js'
import type { Keyring } from './keyring.js'
import { newHandle, randomText } from './random.js'
import { tagger } from './tag.js'

/** What a client presented, its tag checked. The secret itself is not kept: only its hash can meet the store. */
export interface Credential {
  readonly handle: string
  /** Which of the row's secrets it is: the first is 1, and each offer is one higher than any before. */
  readonly number: number
  /** SHA-256 of the secret, 43 base64url characters. */
  readonly hash: string
}

/**
 * Why a text is no credential. `malformed`: not of the form. `tampered`: of the form, but the tag is not true.
 * `unknown`: by a key that this ring does not have. `newer`: of a format that only a later version knows. The last two
 * are not final: another node may know more.
 */
export type Unreadable = 'malformed' | 'tampered' | 'unknown' | 'newer'

/** The secret of a new row, and the handle that goes with it. */
export interface Minted {
  readonly handle: string
  readonly secret: string
}

/** How a credential is written as text. One codec serves one cookie name. */
export interface Codec {
  /** Whether a credential can be followed by another of the same row. */
  readonly renews: boolean
  /** Reads what a client presented. Never throws. */
  read(text: string): Credential | Unreadable
  /** A fresh secret and handle. */
  mint(): Minted
  /** The text that a client is given. */
  issue(handle: string, number: number, secret: string): string
  /** The same credential under the key that signs now; `null` where it is already. */
  reissue(text: string): string | null
}

/** The first number of a row's secrets. */
export const FIRST_NUMBER = 1

/** A fresh 256-bit secret, 43 characters. */
export function newSecret(): string {
  return randomText(32)
}

/** What a store holds of a secret. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url')
}

/** Characters of a SHA-256 digest, in base64url. */
export const HASH_WIDTH = 43

// format digit, key id, handle, number, secret, tag
const KEY_AT = 1
const HANDLE_AT = KEY_AT + 6
const NUMBER_AT = HANDLE_AT + 22
const SECRET_AT = NUMBER_AT + NUMBER_WIDTH
const TAG_AT = SECRET_AT + 43
const LENGTH = TAG_AT + HASH_WIDTH
const FORM = /^[2-9][\w-]*$|^1[\w-]{28}[0-9a-z]{4}[\w-]{86}$/

const expected = Buffer.alloc(HASH_WIDTH)
const presented = Buffer.alloc(HASH_WIDTH)

/** Compares two texts of 43 ASCII characters in a time that does not depend on where they differ. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== HASH_WIDTH || b.length !== HASH_WIDTH) return false
  expected.write(a, 0, 'latin1')
  presented.write(b, 0, 'latin1')
  return timingSafeEqual(expected, presented)
}

/**
 * holdfast's own codec: 119 characters of fixed width, the tag by the ring's subkey for this purpose over all before it.
 * The purpose holds the cookie's name, so a credential of one name is worthless under another.
 */
export function ownCodec(ring: () => Keyring, purpose: string): Codec {
  const tags = new WeakMap<KeyObject, (body: string) => string>()
  const tagOf = (key: KeyObject, body: string): string => {
    const tag = tags.get(key) ?? tagger(key, TAG_AT)
    tags.set(key, tag)
    return tag(body)
  }
  const sign = (rest: string): string => {
    const key = ring().signing()
    const body = `1${key.id}${rest}`
    return body + tagOf(key.subkey(purpose), body)
  }
  return {
    renews: true,
    read(text) {
      if (text.length > 4096 || !FORM.test(text)) return 'malformed'
      if (text.charCodeAt(0) !== 49) return 'newer'
      const key = ring().find(text.slice(KEY_AT, HANDLE_AT))
      if (key === undefined) return 'unknown'
      if (!sameDigest(tagOf(key.subkey(purpose), text.slice(0, TAG_AT)), text.slice(TAG_AT))) return 'tampered'
      return {
        handle: text.slice(HANDLE_AT, NUMBER_AT),
        number: parse36(text, NUMBER_AT, NUMBER_WIDTH),
        hash: hashSecret(text.slice(SECRET_AT, TAG_AT)),
      }
    },
    mint: () => ({ handle: newHandle(), secret: newSecret() }),
    issue: (handle, number, secret) => sign(handle + formatNumber(number) + secret),
    reissue: (text) =>
      text.slice(KEY_AT, HANDLE_AT) === ring().signing().id ? null : sign(text.slice(HANDLE_AT, TAG_AT)),
  }
}

/** How long a credential of {@link ownCodec} is. */
export const CREDENTIAL_LENGTH: number = LENGTH
