/** What is stored of a cookie, in this order. In a store `expires` is text. */
export interface CookieData {
  originalMaxAge?: number | null | false | undefined
  partitioned?: unknown
  priority?: unknown
  expires?: Date | string | null | false | undefined
  secure?: unknown
  httpOnly?: unknown
  domain?: unknown
  path?: unknown
  sameSite?: unknown
}

/**
 * A `Set-Cookie` value with the attributes in the order that express-session gives them. `Expires`, never `Max-Age`.
 * Throws a TypeError for what no cookie can hold, with the words of express-session.
 */
export function setCookie(name: string, value: string, data: CookieData): string {
  if (!TOKEN.test(name)) throw new TypeError('argument name is invalid')
  const { domain, path, expires, priority, sameSite } = data
  const parts = [`${name}=${encodeURIComponent(value)}`]
  if (domain) parts.push(`Domain=${checked('domain', domain, DOMAIN)}`)
  if (path) parts.push(`Path=${checked('path', path, PATH)}`)
  if (expires) parts.push(`Expires=${dated(expires)}`)
  if (data.httpOnly) parts.push('HttpOnly')
  if (data.secure) parts.push('Secure')
  if (data.partitioned) parts.push('Partitioned')
  if (priority) parts.push(`Priority=${word('priority', priority, PRIORITIES)}`)
  if (sameSite) parts.push(`SameSite=${sameSite === true ? 'Strict' : word('sameSite', sameSite, SAME_SITES)}`)
  return parts.join('; ')
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** RFC 1034 section 3.5, with the leading dot of old. */
const DOMAIN = /^\.?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i

/** RFC 6265 section 4.1.1: anything but control characters, `;` and, as express-session has it, `<`. */
const PATH = /^[ -:=-~]*$/

const PRIORITIES: ReadonlyMap<unknown, string> = new Map([
  ['low', 'Low'],
  ['medium', 'Medium'],
  ['high', 'High'],
])

const SAME_SITES: ReadonlyMap<unknown, string> = new Map([
  ['lax', 'Lax'],
  ['strict', 'Strict'],
  ['none', 'None'],
])

function checked(option: string, value: unknown, form: RegExp): string {
  const text = String(value)
  if (!form.test(text)) throw invalid(option)
  return text
}

function dated(expires: unknown): string {
  if (!(expires instanceof Date) || Number.isNaN(expires.valueOf())) throw invalid('expires')
  return expires.toUTCString()
}

function word(option: string, value: unknown, words: ReadonlyMap<unknown, string>): string {
  const written = words.get(typeof value === 'string' ? value.toLowerCase() : value)
  if (written === undefined) throw invalid(option)
  return written
}

function invalid(option: string): TypeError {
  return new TypeError(`option ${option} is invalid`)
}
