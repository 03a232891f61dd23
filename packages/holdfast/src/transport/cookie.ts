/** Cookies as they stand in the headers: RFC 6265bis, strict in what is written, by the letter in what is read. */
import { HoldfastError } from '../engine/errors.js'
import { type CookieOptions, cookieRules } from './cookie-options.js'

/** Everything of a cookie but its value. `HttpOnly` is not among it: it is always set. */
export interface CookieAttributes {
  /** With its prefix. */
  readonly name: string
  readonly path: string
  /** `null`: this host alone. */
  readonly domain: string | null
  readonly secure: boolean
  readonly sameSite: 'Lax' | 'Strict' | 'None'
  readonly partitioned: boolean
  /** Seconds. Absent: until the browser is closed. More than 400 days are 400 days: browsers keep no cookie longer. */
  readonly maxAge?: number
}

/** One for each of the two cookies. */
export interface CookiePair<T> {
  readonly user: T
  readonly visitor: T
}

/** What browsers store of name and value together, in bytes. */
const MOST_COOKIE_BYTES = 4_096

const MOST_SECONDS = 400 * 86_400

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const

/**
 * The values of the cookies with exactly this name, in the order of the header; at most `limit`, and one more where
 * there are more, so that the caller can tell.
 *
 * Nothing is decoded or unquoted. Only space and tab are trimmed: what else JavaScript takes for white space is to a
 * browser part of the name, so that anybody may set it. What has no name or no `=` is no cookie.
 */
export function cookiesNamed(header: string | undefined, name: string, limit = 4): string[] {
  const values: string[] = []
  if (header === undefined) return values
  // Each turn looks at one pair that holds the name somewhere, and goes on behind it: no character is read three times.
  for (let from = 0; values.length <= limit; ) {
    const at = header.indexOf(name, from)
    if (at === -1) break
    let end = header.indexOf(';', at)
    if (end === -1) end = header.length
    let before = at - 1
    while (before >= from && isBlank(header, before)) before -= 1
    const isFirst = before < 0 || header.charCodeAt(before) === SEMICOLON
    let after = at + name.length
    while (after < end && isBlank(header, after)) after += 1
    if (isFirst && after < end && header.charCodeAt(after) === EQUALS) values.push(trimmed(header, after + 1, end))
    from = end
  }
  return values
}

const TAB = 9
const SPACE = 32
const SEMICOLON = 59
const EQUALS = 61

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === SPACE || code === TAB
}

function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text, start)) start += 1
  while (start < end && isBlank(text, end - 1)) end -= 1
  return text.slice(start, end)
}

/** The names of the two cookies. `plain`: over plain http on loopback, where browsers take no prefix. */
export function cookieNames(options: CookieOptions, plain: boolean): CookiePair<string> {
  const { user, visitor, prefix } = cookieRules(options)
  return plain ? { user, visitor } : { user: prefix + user, visitor: prefix + visitor }
}

/**
 * The attributes of the two cookies. Throws `HOLDFAST_CONFIG` for options that browsers would silently ignore.
 *
 * `plain`: over plain http on loopback. There is then no prefix, no `Secure` and no domain, and what needs `Secure` is
 * left out: `SameSite=None` is written as `Lax`, and nothing is partitioned.
 */
export function cookieAttributes(options: CookieOptions, plain: boolean): CookiePair<CookieAttributes> {
  const rules = cookieRules(options)
  const names = cookieNames(options, plain)
  const attributes: Omit<CookieAttributes, 'name'> = {
    path: rules.path,
    domain: plain ? null : rules.domain,
    secure: !plain,
    sameSite: SAME_SITE[plain && rules.sameSite === 'none' ? 'lax' : rules.sameSite],
    partitioned: rules.partitioned && !plain,
  }
  return { user: { name: names.user, ...attributes }, visitor: { name: names.visitor, ...attributes } }
}

/**
 * A `Set-Cookie` value.
 *
 * Throws `HOLDFAST_TOO_LARGE` for a cookie that browsers would not store, `HOLDFAST_CONFIG` for a value that is none
 * (RFC 6265bis section 4.1.1: visible ASCII but `"`, `,`, `;` and `\`).
 */
export function setCookie(attributes: CookieAttributes, value: string): string {
  if (!/^[!#-+\--:<-[\]-~]*$/.test(value)) {
    throw new HoldfastError(
      'HOLDFAST_CONFIG',
      `the value of the cookie ${attributes.name} has characters that no cookie can hold. Let the codec write base64url.`,
    )
  }
  const bytes = attributes.name.length + value.length
  if (bytes > MOST_COOKIE_BYTES) {
    throw new HoldfastError(
      'HOLDFAST_TOO_LARGE',
      `the cookie ${attributes.name} would have ${bytes} bytes, and browsers drop one of more than ${MOST_COOKIE_BYTES}. Keep less in it.`,
    )
  }
  const { maxAge } = attributes
  const lifetime = maxAge === undefined ? '' : `; Max-Age=${Math.floor(Math.min(maxAge, MOST_SECONDS))}`
  return `${attributes.name}=${value}${lifetime}${scopeOf(attributes)}`
}

/** A `Set-Cookie` value that removes the cookie: browsers find it by name, domain, path and partition. */
export function clearCookie(attributes: CookieAttributes): string {
  return `${attributes.name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT${scopeOf(attributes)}`
}

function scopeOf({ path, domain, secure, sameSite, partitioned }: CookieAttributes): string {
  return [
    `; Path=${path}`,
    domain === null ? '' : `; Domain=${domain}`,
    '; HttpOnly',
    secure ? '; Secure' : '',
    `; SameSite=${sameSite}`,
    partitioned ? '; Partitioned' : '',
  ].join('')
}
