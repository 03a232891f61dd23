/**
 * The head of a ServerResponse: what an app hands to `writeHead`, what a settled exchange adds, what a refusal replaces.
 */
import { type ServerResponse, STATUS_CODES, validateHeaderValue } from 'node:http'
import type { Answer, Refusal } from '../engine/wire.js'
import { noStore, overrulesCacheControl, varyByCookie } from './cache-headers.js'

/** An error as Node itself would have thrown it. */
export function nodeError<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code })
}

/** Whether a number can stand in a status line. Node takes its text as well. */
export function isStatus(status: number): boolean {
  return status >= 100 && status <= 999
}

/**
 * Throws what Node would throw for this head. A held answer is sent when nobody is there any more to catch it, so that
 * what can be refused is refused at the call.
 */
export function checkHead(res: ServerResponse, status: number): void {
  if (!isStatus(status)) {
    throw nodeError(new RangeError(`Invalid status code: ${status}`), 'ERR_HTTP_INVALID_STATUS_CODE')
  }
  // Own only on node:http: reading it on HTTP/2 prints a warning.
  if (Object.hasOwn(res, 'statusMessage') && res.statusMessage) validateHeaderValue('statusMessage', res.statusMessage)
}

/** Puts the arguments of `writeHead` on the response itself, where something can be added to them. */
export function takeHead(res: ServerResponse, status: number, reason: unknown, headers: unknown): void {
  const list = typeof reason === 'string' ? headers : (headers ?? reason)
  if (typeof reason === 'string') res.statusMessage = reason
  checkHead(res, status)
  if (Array.isArray(list)) {
    for (const [name, values] of grouped(list)) res.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
  } else if (typeof list === 'object' && list !== null) {
    for (const [name, value] of Object.entries(list)) if (name !== '') res.setHeader(name, value)
  }
  res.statusCode = Math.trunc(status)
}

/** Both forms of a list, `[name, value, name, value]` and `[[name, value]]`. A name may come several times. */
function grouped(list: readonly unknown[]): Iterable<[string, string[]]> {
  const nested = Array.isArray(list[0])
  if (!nested && list.length % 2 !== 0) {
    throw nodeError(new TypeError("The argument 'headers' is invalid: a name without a value"), 'ERR_INVALID_ARG_VALUE')
  }
  const names = new Map<string, [string, string[]]>()
  const pairs: readonly (readonly unknown[])[] = nested ? (list as unknown[][]) : chunked(list)
  for (const [name, value] of pairs) {
    if (!name) continue
    const lower = String(name).toLowerCase()
    const entry = names.get(lower) ?? [String(name), []]
    names.set(lower, entry)
    if (Array.isArray(value)) entry[1].push(...value)
    else entry[1].push(value as string)
  }
  return names.values()
}

function chunked(list: readonly unknown[]): unknown[][] {
  const pairs: unknown[][] = []
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i], list[i + 1]])
  return pairs
}

/** Adds to the head what a settled exchange says. The app's own cookies all stay. */
export function addAnswer(res: ServerResponse, answer: Answer): void {
  if (answer.cookies.length > 0) {
    // A new array each time: `appendHeader` would push onto the one that the app handed in, which may be shared by all
    // of its answers.
    const own = res.getHeader('set-cookie')
    const lines = own === undefined ? [] : Array.isArray(own) ? own : [String(own)]
    res.setHeader('Set-Cookie', [...lines, ...answer.cookies])
  }
  if (answer.cache === 'no-store') {
    res.setHeader('Cache-Control', noStore(text(res, 'cache-control')))
    res.setHeader('Vary', varyByCookie(text(res, 'vary')))
    for (const name of res.getHeaderNames()) if (overrulesCacheControl(name)) res.removeHeader(name)
  } else if (answer.cache === 'private' && !res.hasHeader('cache-control')) {
    res.setHeader('Cache-Control', 'private')
  }
}

function text(res: ServerResponse, name: string): string | undefined {
  const value = res.getHeader(name)
  return Array.isArray(value) ? value.join(', ') : value === undefined ? undefined : String(value)
}

/**
 * Puts a refusal's head in place of the one that was there. What described the answer that is not sent goes with it; what
 * other middleware says about the connection or the site (CORS, HSTS, a content security policy) stays.
 */
export function putRefusal(res: ServerResponse, refusal: Refusal): void {
  for (const name of res.getHeaderNames()) if (describesAnswer(name)) res.removeHeader(name)
  for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value)
  if (refusal.cookies !== undefined) res.setHeader('Set-Cookie', [...refusal.cookies])
  res.setHeader('Content-Length', Buffer.byteLength(refusal.body))
  res.statusCode = refusal.status
  if (Object.hasOwn(res, 'statusMessage')) res.statusMessage = STATUS_CODES[refusal.status] ?? ''
}

const DESCRIBES_ANSWER: ReadonlySet<string> = new Set([
  'accept-ranges',
  'cache-control',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'refresh',
  'set-cookie',
  'trailer',
  'transfer-encoding',
])

function describesAnswer(name: string): boolean {
  if (name.startsWith('content-')) return !name.startsWith('content-security-policy')
  return DESCRIBES_ANSWER.has(name) || overrulesCacheControl(name)
}
