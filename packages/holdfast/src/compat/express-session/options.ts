import { createHmac, randomBytes } from 'node:crypto'
import type { ConnectStore, SessionRequest } from './contract.js'
import { Cookie, type CookieOptions } from './cookie.js'
import { deprecate } from './deprecate.js'
import { MemoryStore } from './memory-store.js'
import { setCookie } from './set-cookie.js'
import type { Secret } from './signature.js'

/** The options of `session()`: those of express-session 1.19, with its defaults. */
export interface SessionOptions {
  /** What signs the cookie: the first of a list signs, all of them verify. Without it `req.secret` (cookie-parser) is taken. */
  secret?: Secret | readonly Secret[] | undefined
  /** The cookie's name. Default `connect.sid`. */
  name?: string | undefined
  /** The old word for `name`. */
  key?: string | undefined
  /** Where sessions are kept. Default: a new `MemoryStore`. */
  store?: ConnectStore | undefined
  /** The cookie's attributes, or what makes them for a request. */
  cookie?: CookieOptions | ((req: SessionRequest) => CookieOptions) | undefined
  /** A new id, or a promise of one. Default: 24 random bytes in base64url. */
  genid?: ((req: SessionRequest) => string | PromiseLike<string>) | undefined
  /** Writes a session back that was not changed. Default, out of date: true. */
  resave?: boolean | undefined
  /** Stores a new session that has no fields, and sends its cookie. Default, out of date: true. */
  saveUninitialized?: boolean | undefined
  /** Sends the cookie with every answer. Default false. */
  rolling?: boolean | undefined
  /** What becomes of the record where a handler sets `req.session` to `null`. Default `'keep'`. */
  unset?: 'keep' | 'destroy' | undefined
  /** Whether `X-Forwarded-Proto` is believed. Default: what Express says (`trust proxy`). */
  proxy?: boolean | undefined
}

/** The options as they were found to be. */
export interface Rules {
  readonly secrets: readonly Secret[] | undefined
  readonly name: string
  readonly store: ConnectStore
  readonly cookieOf: (req: SessionRequest) => CookieOptions
  /** What is the same for all requests; `undefined` where the options are made for each. */
  readonly cookie: CookieOptions | undefined
  readonly genid: (req: SessionRequest) => unknown
  readonly resave: boolean
  readonly saveUninitialized: boolean
  readonly rolling: boolean
  readonly destroysUnset: boolean
  readonly proxy: boolean | undefined
}

/**
 * Reads the options, and says what in them is out of date. Throws a TypeError for one that could not work, so that it
 * is found when the app starts and not by its first visitor.
 */
export function readOptions(options: SessionOptions | undefined): Rules {
  const { genid, resave, saveUninitialized, unset, secret, ...rest } = options || {}
  if (genid && typeof genid !== 'function') throw new TypeError('genid option must be a function')
  if (resave === undefined) deprecate('undefined resave option; provide resave option')
  if (saveUninitialized === undefined) deprecate('undefined saveUninitialized option; provide saveUninitialized option')
  if (unset && unset !== 'destroy' && unset !== 'keep') {
    throw new TypeError('unset option must be "destroy" or "keep"')
  }
  const secrets = secretsOf(secret)
  if (secrets === undefined) deprecate('req.secret; provide secret option')
  const name = rest.name || rest.key || 'connect.sid'
  const cookie = rest.cookie || {}
  if (typeof cookie !== 'function') checkCookie(name, cookie)
  return {
    secrets,
    name,
    store: rest.store || new MemoryStore(),
    cookieOf: typeof cookie === 'function' ? cookie : () => cookie,
    cookie: typeof cookie === 'function' ? undefined : cookie,
    genid: genid || newId,
    resave: resave === undefined || Boolean(resave),
    saveUninitialized: saveUninitialized === undefined || Boolean(saveUninitialized),
    rolling: Boolean(rest.rolling),
    destroysUnset: unset === 'destroy',
    proxy: rest.proxy,
  }
}

function secretsOf(secret: SessionOptions['secret']): readonly Secret[] | undefined {
  if (!secret) return undefined
  const secrets = (Array.isArray(secret) ? secret : [secret]) as readonly Secret[]
  if (secrets.length === 0) throw new TypeError('secret option array must contain one or more strings')
  // Throws Node's own TypeError for what is no key.
  for (const one of secrets) createHmac('sha256', one)
  return secrets
}

/** Throws what writing such a cookie would throw. A date that is none is left: that it goes to `next` is relied upon. */
function checkCookie(name: string, options: CookieOptions): void {
  const { data } = new Cookie(options)
  const { maxAge, expires, sameSite } = options
  if (typeof maxAge === 'number' && !Number.isFinite(maxAge)) throw new TypeError('maxAge must be a number or Date')
  if (expires && !(expires instanceof Date)) throw new TypeError('option expires is invalid')
  setCookie(name, '', { ...data, expires: null, sameSite: sameSite === 'auto' ? undefined : sameSite })
}

function newId(): string {
  return randomBytes(24).toString('base64url')
}
