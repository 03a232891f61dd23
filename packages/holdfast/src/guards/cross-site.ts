/**
 * The guard against forged cross-site requests: browsers say where a request was made, and what was made elsewhere does
 * not act in the name of a session. Judged before anything of the session is read.
 */
import { HoldfastError } from '../engine/errors.js'
import { parseOrigin } from '../policy/origin.js'

/** The options `origin` and `crossSite`. */
export interface CrossSiteOptions {
  /** The public origin of the site, or a list: `'https://shop.example'`. Default: the request's own scheme and host. */
  readonly origin?: string | readonly string[] | undefined
  readonly crossSite?:
    | {
        /** Origins of others that may send requests here, as an app's own scheme may be. Default: none. */
        readonly allow?: readonly string[] | undefined
        /**
         * Paths that are not guarded, such as webhooks: exact, or with all below it, `'/hooks/*'`. Default: none. A
         * request path with `//`, dot segments, backslashes or percent signs is below nothing: it may be routed to
         * elsewhere.
         */
        readonly except?: readonly string[] | undefined
        /** `true`: what would be refused is only reported. Default `false`. */
        readonly report?: boolean | undefined
      }
    | undefined
}

/** {@link CrossSiteOptions}, checked. Origins are in the spelling of `parseOrigin`. */
export interface CrossSiteRules {
  /** `null`: the request's own. */
  readonly origins: readonly string[] | null
  readonly allow: readonly string[]
  /** Exact paths, or such as end in `/*`. */
  readonly except: readonly string[]
  readonly report: boolean
}

/** What the guard looks at. */
export interface GuardedRequest {
  readonly method: string
  /** The request target as received; a query is not looked at. */
  readonly path: string
  header(name: string): string | undefined
  /** The origin of the request's own scheme and host; `null` where it has none. */
  readonly ownOrigin: string | null
  readonly hasSessionCookie: boolean
}

/**
 * Why a request was refused: the browser says `cross-site` or `same-site`; the origin or referrer is that of another
 * site (`origin`, `referer`), hidden (`null-origin`) or none at all (`malformed-origin`, `malformed-referer`); or
 * nothing says where a request with a session's cookie was made (`no-origin`).
 */
export type CrossSiteReason =
  | 'cross-site'
  | 'same-site'
  | 'origin'
  | 'referer'
  | 'null-origin'
  | 'malformed-origin'
  | 'malformed-referer'
  | 'no-origin'

/** Whether a request may pass, and if not, why. */
export type CrossSiteVerdict = 'pass' | { readonly refused: CrossSiteReason }

/** Methods that change nothing (RFC 9110 section 9.2.1). They are spelled so: `get` is another method. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Whether a request may act here. Never throws. Fetch Metadata decides where it is there; else `Origin`, else
 * `Referer`. With none of the three a request is not of a browser of our days, and passes only without a session's
 * cookie.
 *
 * The content type, and headers that name another method, have no say.
 */
export function judgeCrossSite(request: GuardedRequest, rules: CrossSiteRules): CrossSiteVerdict {
  if (SAFE_METHODS.has(request.method) || isExcepted(request.path, rules.except)) return 'pass'
  switch (request.header('sec-fetch-site')) {
    case 'same-origin':
    case 'none':
      return 'pass'
    case 'cross-site':
      return isNamed(request, rules) ? 'pass' : { refused: 'cross-site' }
    case 'same-site':
      return isNamed(request, rules) ? 'pass' : { refused: 'same-site' }
    default:
      return judgeOrigin(request, rules)
  }
}

/** Whether the origin is one that the options name. The request's own is none: its `Host` is not the browser's word. */
function isNamed(request: GuardedRequest, rules: CrossSiteRules): boolean {
  const origin = parseOrigin(request.header('origin') ?? '')
  return origin !== null && (rules.allow.includes(origin) || (rules.origins?.includes(origin) ?? false))
}

function judgeOrigin(request: GuardedRequest, rules: CrossSiteRules): CrossSiteVerdict {
  const origin = request.header('origin')
  if (origin === 'null') return { refused: 'null-origin' }
  if (origin !== undefined) return judgeSource(parseOrigin(origin), 'origin', request, rules)
  const referer = request.header('referer')
  if (referer !== undefined) return judgeSource(parseOrigin(withoutPath(referer)), 'referer', request, rules)
  return request.hasSessionCookie ? { refused: 'no-origin' } : 'pass'
}

function judgeSource(
  source: string | null,
  header: 'origin' | 'referer',
  request: GuardedRequest,
  rules: CrossSiteRules,
): CrossSiteVerdict {
  if (source === null) return { refused: `malformed-${header}` }
  const ours = rules.origins === null ? source === request.ownOrigin : rules.origins.includes(source)
  return ours || rules.allow.includes(source) ? 'pass' : { refused: header }
}

/** What stands before path, query and fragment. */
function withoutPath(url: string): string {
  return /^[^/?#]*:\/\/[^/?#]*/.exec(url)?.[0] ?? ''
}

function isExcepted(target: string, except: readonly string[]): boolean {
  if (except.length === 0) return false
  const [path = ''] = target.split('?', 1)
  return except.some((pattern) => {
    if (!pattern.endsWith('/*')) return path === pattern
    return path.startsWith(pattern.slice(0, -1)) && isPlainPath(path)
  })
}

/** Whether every router reads the path as it stands: nothing encoded, no fragment, no empty and no dot segments. */
function isPlainPath(path: string): boolean {
  return !/[%#\\]|\/\/|\/\.{1,2}(?:\/|$)/.test(path)
}

/** Checks the options. Throws `HOLDFAST_CONFIG`, with the remedy. */
export function crossSiteRules(options: CrossSiteOptions): CrossSiteRules {
  const { origin, crossSite = {} } = options
  if (typeof crossSite !== 'object' || crossSite === null) {
    throw refusal('crossSite is not an object', 'Set { allow, except, report }, each of them optional, or false.')
  }
  const { allow = [], except = [], report = false, ...others } = crossSite
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw refusal(
      `crossSite.${JSON.stringify(unknown)} is not an option`,
      'There are: allow, except, report; or crossSite: false.',
    )
  }
  if (typeof report !== 'boolean') throw refusal('crossSite.report is not a boolean', 'Set true or false.')
  const origins = typeof origin === 'string' ? [origin] : origin
  if (origins?.length === 0) throw refusal('origin is an empty list', "Name the site's origin, or leave origin out.")
  return {
    origins: origins === undefined ? null : checkedList('origin', origins, checkedOrigin),
    allow: checkedList('crossSite.allow', allow, checkedOrigin),
    except: checkedList('crossSite.except', except, checkedPath),
    report,
  }
}

function checkedList(
  option: string,
  list: unknown,
  check: (option: string, entry: unknown) => string,
): readonly string[] {
  if (!Array.isArray(list)) throw refusal(`${option} is not a list`, 'Write it in brackets.')
  return list.map((entry) => check(option, entry))
}

function checkedOrigin(option: string, entry: unknown): string {
  const origin = typeof entry === 'string' ? parseOrigin(entry) : null
  if (origin !== null) return origin
  throw refusal(
    `${option} has ${show(entry)}, which is not an origin`,
    "Write scheme, host and, where there is one, port, such as 'https://shop.example': no path, no slash at the end, no asterisk.",
  )
}

function checkedPath(option: string, entry: unknown): string {
  const exact = typeof entry === 'string' ? entry.replace(/\/\*$/, '/') : ''
  if (/^\/[^\s?*]*$/.test(exact) && isPlainPath(exact) && entry !== '/*') return entry as string
  throw refusal(
    `${option} has ${show(entry)}, which is not a path`,
    "Write '/hooks/pay' for one path, '/hooks/*' for all below it: as requests have it, without query, percent signs, // or dot segments. For all paths set crossSite: false.",
  )
}

function show(entry: unknown): string {
  return typeof entry === 'string' ? JSON.stringify(entry) : `a value of type ${typeof entry}`
}

function refusal(problem: string, remedy: string): HoldfastError {
  return new HoldfastError('HOLDFAST_CONFIG', `${problem}. ${remedy}`)
}
