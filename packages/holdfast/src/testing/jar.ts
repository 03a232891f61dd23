import { parseCookieDate } from './cookie-date.js'

/** One cookie as a jar keeps it. */
export interface JarCookie {
  readonly name: string
  readonly value: string
  /** The host that set it, or the domain that it asked for. */
  readonly domain: string
  /** Sent to that very host alone, not to those below it. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | 'default'
  /** Kept apart by the top-level site; that is always the jar's own origin. */
  readonly partitioned: boolean
  /** Epoch milliseconds; `null` = until the browser is closed. */
  readonly expires: number | null
}

/** Why a browser would store nothing. */
export type JarRefusal =
  | 'control character'
  | 'no name and no value'
  | 'too long'
  | 'foreign domain'
  | 'Secure over http'
  | 'SameSite=None without Secure'
  | 'Partitioned without Secure'
  | 'prefix'
  | 'would hide a Secure cookie'

/** A browser's cookies for one origin, as strict as RFC 6265bis allows a browser to be. */
export interface CookieJar {
  /** The `Cookie` header of a request to the jar's origin; `undefined` where there is nothing to send. */
  header(this: void, path?: string): string | undefined
  /**
   * Stores the `Set-Cookie` values of an answer in their order. Answers those that a browser would silently drop.
   *
   * @param path of the request that is answered; the default is `/`
   */
  take(
    this: void,
    lines: readonly string[],
    path?: string,
  ): readonly { readonly line: string; readonly why: JarRefusal }[]
  /** The value of the cookie with exactly this name that `header` would send first. */
  value(this: void, name: string, path?: string): string | undefined
  /** Every cookie that has not expired, in the order in which they would be sent. */
  cookies(this: void): readonly JarCookie[]
  /** A jar of its own with the same cookies, as for a thief who copied them. */
  copy(this: void): CookieJar
}

/** What a jar is made for. */
export interface JarOptions {
  /** Scheme and host; the port is not looked at (RFC 6265 section 8.5). Default `https://shop.example`. */
  readonly origin?: string
  /** The clock, for `Max-Age` and `Expires`. Default `Date.now`. */
  readonly now?: () => number
}

/** No cookie lives longer (RFC 6265bis section 5.5). */
const LONGEST = 400 * 86_400_000

/**
 * An empty jar. Strict: `Secure` cookies are neither taken nor sent over plain http, not even on a loopback address, where
 * browsers differ.
 */
export function cookieJar(options: JarOptions = {}): CookieJar {
  const origin = new URL(options.origin ?? 'https://shop.example')
  return jarOf(
    { host: origin.hostname, encrypted: origin.protocol === 'https:', now: options.now ?? Date.now },
    new Map(),
  )
}

interface Site {
  readonly host: string
  readonly encrypted: boolean
  readonly now: () => number
}

function jarOf(site: Site, stored: Map<string, JarCookie>): CookieJar {
  const cookies = (): JarCookie[] => {
    const now = site.now()
    for (const [key, { expires }] of stored) if (expires !== null && expires <= now) stored.delete(key)
    // A stable sort: of equally long paths, the older cookie is sent first (section 5.8.3).
    return [...stored.values()].toSorted((a, b) => b.path.length - a.path.length)
  }
  const sent = (path: string): JarCookie[] =>
    cookies().filter((cookie) => (site.encrypted || !cookie.secure) && pathMatches(path, cookie.path))

  return {
    header(path = '/') {
      const pairs = sent(pathOf(path)).map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      return pairs.length === 0 ? undefined : pairs.join('; ')
    },
    take(lines, path = '/') {
      const refused = []
      for (const line of lines) {
        const cookie = parse(line, pathOf(path), site)
        const why = typeof cookie === 'string' ? cookie : hides(cookie, cookies(), site)
        if (why !== null) refused.push({ line, why })
        else store(stored, cookie as JarCookie, site.now())
      }
      return refused
    },
    value: (name, path = '/') => sent(pathOf(path)).find((cookie) => cookie.name === name)?.value,
    cookies,
    copy: () => jarOf(site, new Map(stored)),
  }
}

/** A cookie replaces the one that has its name, domain, path and partition, and keeps its place (section 5.7, step 23). */
function store(stored: Map<string, JarCookie>, cookie: JarCookie, now: number): void {
  const key = JSON.stringify([cookie.name, cookie.domain, cookie.hostOnly, cookie.path, cookie.partitioned])
  if (cookie.expires !== null && cookie.expires <= now) stored.delete(key)
  else stored.set(key, cookie)
}

/** Sections 5.6 and 5.7 of RFC 6265bis. */
function parse(line: string, requestPath: string, site: Site): JarCookie | JarRefusal {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) return 'control character'
  const [pair = '', ...rest] = line.split(';')
  const equals = pair.indexOf('=')
  const name = equals < 0 ? '' : trim(pair.slice(0, equals))
  const value = trim(pair.slice(equals + 1))
  if (name === '' && value === '') return 'no name and no value'
  if (Buffer.byteLength(name) + Buffer.byteLength(value) > 4096) return 'too long'

  const attributes = new Map<string, string>()
  for (const part of rest) {
    const at = part.indexOf('=')
    const text = at < 0 ? '' : trim(part.slice(at + 1))
    // Of several the last one counts; one that is too long does not count at all.
    if (Buffer.byteLength(text) <= 1024) attributes.set(trim(at < 0 ? part : part.slice(0, at)).toLowerCase(), text)
  }
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase() ?? ''
  if (domain !== '' && !domainMatches(site.host, domain)) return 'foreign domain'
  const path = attributes.get('path') ?? ''
  const cookie: JarCookie = {
    name,
    value,
    domain: domain === '' ? site.host : domain,
    hostOnly: domain === '',
    path: path.startsWith('/') ? path : defaultPath(requestPath),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: sameSiteOf(attributes.get('samesite')),
    partitioned: attributes.has('partitioned'),
    expires: expiryOf(attributes, site.now()),
  }
  if (cookie.secure && !site.encrypted) return 'Secure over http'
  if (cookie.sameSite === 'none' && !cookie.secure) return 'SameSite=None without Secure'
  if (cookie.partitioned && !cookie.secure) return 'Partitioned without Secure'
  return prefixHolds(cookie, attributes) ? cookie : 'prefix'
}

/** Whether what the name promises is true. Browsers look at the prefix in any letter case (section 5.4). */
function prefixHolds(cookie: JarCookie, attributes: ReadonlyMap<string, string>): boolean {
  // A cookie without a name is sent as its value alone, which a server would read as a name.
  const promised = (cookie.name === '' ? cookie.value : cookie.name).toLowerCase()
  if (cookie.name === '') return !/^__(?:host|secure|http)-/.test(promised)
  const atHome = cookie.hostOnly && cookie.path === '/' && attributes.has('path')
  if (promised.startsWith('__host-http-')) return cookie.secure && cookie.httpOnly && atHome
  if (promised.startsWith('__host-')) return cookie.secure && atHome
  if (promised.startsWith('__http-')) return cookie.secure && cookie.httpOnly
  return promised.startsWith('__secure-') ? cookie.secure : true
}

/** Plain http may not put a cookie in front of a Secure one (section 5.7, step 16). */
function hides(cookie: JarCookie, others: readonly JarCookie[], site: Site): JarRefusal | null {
  const hidden = others.some(
    (other) =>
      other.secure &&
      other.name === cookie.name &&
      (domainMatches(other.domain, cookie.domain) || domainMatches(cookie.domain, other.domain)) &&
      pathMatches(cookie.path, other.path),
  )
  return hidden && !cookie.secure && !site.encrypted ? 'would hide a Secure cookie' : null
}

/** `Max-Age` goes before `Expires` (section 5.7, step 3). */
function expiryOf(attributes: ReadonlyMap<string, string>, now: number): number | null {
  const age = attributes.get('max-age')
  if (age !== undefined && /^-?\d+$/.test(age)) {
    const seconds = Number(age)
    return seconds <= 0 ? Number.NEGATIVE_INFINITY : now + Math.min(seconds * 1000, LONGEST)
  }
  const date = attributes.get('expires')
  const expires = date === undefined ? null : parseCookieDate(date)
  return expires === null ? null : Math.min(expires, now + LONGEST)
}

function sameSiteOf(text: string | undefined): JarCookie['sameSite'] {
  const lower = text?.toLowerCase()
  return lower === 'strict' || lower === 'lax' || lower === 'none' ? lower : 'default'
}

/** Section 5.1.3 of RFC 6265. */
function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$|:/.test(host))
}

/** Section 5.1.4 of RFC 6265. */
function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (!requestPath.startsWith(cookiePath)) return false
  return requestPath === cookiePath || cookiePath.endsWith('/') || requestPath[cookiePath.length] === '/'
}

function defaultPath(requestPath: string): string {
  return requestPath.slice(0, Math.max(1, requestPath.lastIndexOf('/')))
}

function pathOf(target: string): string {
  return target.split(/[?#]/, 1)[0] || '/'
}

/** Space and tab alone (section 5.6). */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}
