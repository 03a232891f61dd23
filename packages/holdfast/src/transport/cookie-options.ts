import { HoldfastError } from '../engine/errors.js'
import type { Remedy } from '../policy/remedy.js'

/** The two cookies of a site. What browsers would silently drop is refused, most of it by the types. */
export type CookieOptions = HostCookie | CookieWithDomainOrPath

interface HostCookie extends AnyCookie {
  /**
   * Default `'__Host-'`: browsers take such a cookie only from this very host, over https, for the whole site; no other
   * host of the domain can plant one. `'__Host-Http-'` also promises that no script has set it.
   */
  readonly prefix?: '__Host-' | '__Host-Http-'
  /** Not with this prefix. */
  readonly domain?: Remedy<typeof NEEDS_PREFIX>
  /** Not with this prefix. */
  readonly path?: Remedy<typeof NEEDS_PREFIX>
}

interface CookieWithDomainOrPath extends AnyCookie {
  /** `'__Secure-'`: browsers take such a cookie only over https. `''`: without any promise of the browser. */
  readonly prefix: '__Secure-' | ''
  /** Shares the cookies with all hosts below this one. Default: this host alone. */
  readonly domain?: string | undefined
  /** Default `'/'`. A path keeps cookies apart, but is no protection: pages of one host can read each other. */
  readonly path?: string | undefined
}

interface AnyCookie {
  /** The name of the cookie of signed-in users, without prefix. Default `'sid'`. */
  readonly user?: string
  /** The name of the cookie of visitors, without prefix. Default `'vid'`. */
  readonly visitor?: string
  /**
   * Which requests from other sites bring the cookies along. Default `'lax'`: following a link. `'strict'`: none.
   * `'none'`: all, as a page needs that stands in a frame of another site. Over plain http on loopback `'none'` is
   * `'lax'`.
   */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** `true`: the cookies survive a restart of the browser, but never outlive the session. Default `false`. */
  readonly persistent?: boolean
  /**
   * `true`: in a frame, the site that is visited keeps cookies of its own (CHIPS), and so sessions of its own; frames
   * of other sites need `sameSite: 'none'` as well. Not over plain http on loopback. Default `false`.
   */
  readonly partitioned?: boolean

  /** Not an option. */
  readonly maxAge?: Remedy<(typeof NOT_OPTIONS)['maxAge']>
  /** Not an option. */
  readonly expires?: Remedy<(typeof NOT_OPTIONS)['expires']>
  /** Not an option. */
  readonly name?: Remedy<(typeof NOT_OPTIONS)['name']>
  /** Not an option. */
  readonly httpOnly?: Remedy<(typeof NOT_OPTIONS)['httpOnly']>
  /** Not an option. */
  readonly secure?: Remedy<(typeof NOT_OPTIONS)['secure']>
}

const NEEDS_PREFIX = "set prefix to '__Secure-' or '': a __Host- cookie has neither domain nor path"

const NOT_OPTIONS = {
  maxAge: 'set timeouts: the server keeps the time; with persistent: true the cookie survives a restart of the browser',
  expires:
    'set timeouts: the server keeps the time; with persistent: true the cookie survives a restart of the browser',
  name: 'set user and visitor: there are two cookies, each with a name of its own',
  httpOnly: 'leave httpOnly out: it is always set',
  secure: 'leave secure out: it is always set, except over plain http on loopback',
} as const

/** {@link CookieOptions} with every default, checked. */
export interface CookieRules {
  readonly user: string
  readonly visitor: string
  readonly prefix: '__Host-' | '__Host-Http-' | '__Secure-' | ''
  readonly sameSite: 'lax' | 'strict' | 'none'
  readonly persistent: boolean
  readonly partitioned: boolean
  /** `null`: this host alone. */
  readonly domain: string | null
  readonly path: string
}

const DEFAULTS: CookieRules = {
  user: 'sid',
  visitor: 'vid',
  prefix: '__Host-',
  sameSite: 'lax',
  persistent: false,
  partitioned: false,
  domain: null,
  path: '/',
}

const PREFIXES: readonly unknown[] = ['__Host-', '__Host-Http-', '__Secure-', '']
const SAME_SITES: readonly unknown[] = ['lax', 'strict', 'none']

/** Browsers ignore an attribute that is longer (RFC 6265bis section 5.6). */
const MOST_ATTRIBUTE_BYTES = 1_024
/** Far below the 4096 bytes that browsers store of name and value together. */
const MOST_NAME_BYTES = 128

/**
 * Throws `HOLDFAST_CONFIG`, with the remedy, for what browsers would drop or misread (RFC 6265bis sections 4.1.1, 5.6
 * and 5.7).
 */
export function cookieRules(options: CookieOptions): CookieRules {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  for (const key of Object.keys(given)) {
    if (isKey(NOT_OPTIONS, key)) throw refusal(`cookie.${key} is not an option`, `Instead, ${NOT_OPTIONS[key]}.`)
    if (!isKey(DEFAULTS, key)) {
      throw refusal(`cookie.${JSON.stringify(key)} is not an option`, `There are: ${Object.keys(DEFAULTS).join(', ')}.`)
    }
  }
  const rules: CookieRules = { ...DEFAULTS, ...given }
  checkChoices(rules)
  checkName('user', rules)
  checkName('visitor', rules)
  if (rules.user === rules.visitor) {
    throw refusal('cookie.user and cookie.visitor are the same', 'Give each a name of its own.')
  }
  checkPath(rules.path)
  if (rules.domain !== null) checkDomain(rules.domain)
  if (rules.prefix.startsWith('__Host-') && (rules.domain !== null || rules.path !== '/')) {
    throw refusal(
      `browsers drop a ${rules.prefix} cookie that has a domain or a path`,
      "Set cookie.prefix to '__Secure-' or '', or leave cookie.domain and cookie.path out.",
    )
  }
  return rules
}

function checkChoices(rules: CookieRules): void {
  if (!PREFIXES.includes(rules.prefix)) {
    throw refusal(
      'cookie.prefix is not a prefix',
      "Set '__Host-', '__Host-Http-', '__Secure-' or '', in this very spelling.",
    )
  }
  if (!SAME_SITES.includes(rules.sameSite)) {
    throw refusal('cookie.sameSite is not a choice', "Set 'lax', 'strict' or 'none'.")
  }
  for (const key of ['persistent', 'partitioned'] as const) {
    if (typeof rules[key] !== 'boolean') throw refusal(`cookie.${key} is not a boolean`, 'Set true or false.')
  }
}

function checkName(key: 'user' | 'visitor', rules: CookieRules): void {
  const name: unknown = rules[key]
  // A token: RFC 9110 section 5.6.2.
  if (typeof name !== 'string' || !/^[\w!#$%&'*+\-.^`|~]+$/.test(name) || name.length > MOST_NAME_BYTES) {
    throw refusal(
      `cookie.${key} is not a cookie name`,
      `Use letters, digits and hyphens: no space, no sign such as ; or =, at most ${MOST_NAME_BYTES} characters.`,
    )
  }
  // Browsers read prefixes in any letter case, and '__Host-' before 'Http-x' as the prefix '__Host-Http-'.
  if (name.startsWith('__') || (rules.prefix === '__Host-' && /^http-/i.test(name))) {
    throw refusal(`cookie.${key} begins like a prefix`, 'Leave the prefix out of the name, and set cookie.prefix.')
  }
}

function checkPath(path: unknown): void {
  // Visible ASCII but the semicolon, which would begin another attribute.
  if (typeof path === 'string' && /^\/[!-:<-~]*$/.test(path) && path.length <= MOST_ATTRIBUTE_BYTES) return
  throw refusal(
    'cookie.path is not a path',
    `Begin it with a slash, percent-encode what is not ASCII, and leave out spaces and semicolons; at most ${MOST_ATTRIBUTE_BYTES} characters.`,
  )
}

function checkDomain(domain: unknown): void {
  const labels = typeof domain === 'string' && domain.length <= 253 ? domain.split('.') : []
  const sound = labels.every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label))
  // A lone label is a public suffix or a host without hosts below it, and so is an address: browsers drop the cookie.
  if (sound && labels.length > 1 && /\D/.test(labels.at(-1) ?? '')) return
  throw refusal(
    'cookie.domain is not a domain that can be shared',
    "Write it as 'example.com': no leading dot, no scheme, no port, other letters as xn--; for a single host leave it out.",
  )
}

function isKey<T extends object>(object: T, key: string): key is string & keyof T {
  return Object.hasOwn(object, key)
}

function refusal(problem: string, remedy: string): HoldfastError {
  return new HoldfastError('HOLDFAST_CONFIG', `${problem}. ${remedy}`)
}
