import { HoldfastError } from './errors.js'

/** The longest user id or link, in bytes of UTF-8. */
const MOST_BYTES = 512

const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether a text can be the name of a row: 128 bits as 22 base64url characters. */
export function isHandle(text: unknown): text is string {
  return typeof text === 'string' && /^[\w-]{22}$/.test(text)
}

/** A user id or a link: well-formed text of 1 to 512 bytes without U+0000. Throws `HOLDFAST_CONFIG`. */
export function checkId(what: 'user' | 'link', id: unknown): string {
  if (typeof id !== 'string') {
    throw new HoldfastError('HOLDFAST_CONFIG', `a ${what} id is text, not ${typeof id}. Pass String(id).`)
  }
  if (id === '' || Buffer.byteLength(id) > MOST_BYTES || id.includes('\0') || LONE_SURROGATE.test(id)) {
    throw new HoldfastError(
      'HOLDFAST_CONFIG',
      `a ${what} id is 1 to ${MOST_BYTES} bytes of well-formed text without U+0000. Use the key of your user table.`,
    )
  }
  return id
}
