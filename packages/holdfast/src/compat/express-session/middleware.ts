import type { IncomingMessage, ServerResponse } from 'node:http'
import { hold } from '../../adapters/held-response.js'
import { ask, isThenable } from './ask.js'
import type { SessionData, SessionRequest } from './contract.js'
import { Cookie } from './cookie.js'
import { debug } from './debug.js'
import { ConnectExchange } from './exchange.js'
import { MemoryStore } from './memory-store.js'
import { type Rules, readOptions, type SessionOptions } from './options.js'
import { presentedId } from './presented.js'
import { isSecure, pathOf } from './request-facts.js'
import { Session } from './session.js'
import type { Secret } from './signature.js'
import { isGone } from './write-back.js'

/** A middleware of Connect and Express. */
export type SessionHandler = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void

/** As it was when this module was loaded. */
const isProduction = process.env.NODE_ENV === 'production'

/**
 * Sessions as express-session has them: `app.use(session({ secret, resave: false, saveUninitialized: false }))`.
 *
 * Handlers find `req.session`, `req.sessionID` and `req.sessionStore`. No byte of an answer leaves before the store has
 * answered. Throws a TypeError for options that could not work.
 */
export function session(options?: SessionOptions): SessionHandler {
  const rules = readOptions(options)
  const { store } = rules
  if (isProduction && store instanceof MemoryStore) {
    console.warn(
      'Warning: connect.session() MemoryStore is not\ndesigned for a production environment, as it will leak\n' +
        'memory, and will not scale past a single process.',
    )
  }
  let isReady = true
  store.generate = (req) => generate(rules, req)
  store.on('disconnect', () => {
    isReady = false
  })
  store.on('connect', () => {
    isReady = true
  })
  return function session(req: SessionRequest, res, next) {
    if (req.session) return next()
    if (!isReady) {
      debug('store is disconnected')
      return next()
    }
    if (!pathOf(req).startsWith(rules.cookieOf(req).path || '/')) {
      debug('pathname mismatch')
      return next()
    }
    const secrets = rules.secrets ?? (req.secret ? [req.secret as Secret] : undefined)
    const [secret] = secrets ?? []
    if (secrets === undefined || secret === undefined) return next(new Error('secret option required for sessions'))
    enter(rules, req, res, next, secrets, secret)
  }
}

function enter(
  rules: Rules,
  req: SessionRequest,
  res: ServerResponse,
  next: (error?: unknown) => void,
  secrets: readonly Secret[],
  secret: Secret,
): void {
  const { store } = rules
  const id = presentedId(req, rules.name, secrets)
  req.sessionStore = store
  req.sessionID = id
  const exchange = new ConnectExchange(rules, req, next, id, secret)
  hold(res, exchange)
  exchange.watch(res)

  if (!id) {
    begin(rules, exchange, req, next)
    return
  }
  debug('fetching %s', id)
  ask<SessionData | null>(store, 'get', [id], (error, data) => {
    if (error && !isGone(error, data)) {
      debug('error %o', error)
      return next(error)
    }
    // What presents an id that is not there gets another: an id is never taken from outside.
    if (error || !data) return begin(rules, exchange, req, next)
    try {
      store.createSession(req, data)
      exchange.loaded(data)
    } catch (problem) {
      return next(problem)
    }
    next()
  })
}

/** Begins a new session and passes on. */
function begin(rules: Rules, exchange: ConnectExchange, req: SessionRequest, next: (error?: unknown) => void): void {
  let made: unknown
  try {
    made = rules.store.generate?.(req)
    if (!isThenable(made)) exchange.began()
  } catch (error) {
    next(error)
    return
  }
  if (isThenable(made)) made.then(() => exchange.began()).then(() => next(), next)
  else next()
}

/** Puts a new session on a request; a promise where the id is one. */
function generate(rules: Rules, req: SessionRequest): PromiseLike<void> | undefined {
  const id = rules.genid(req)
  if (isThenable(id)) return id.then((value) => put(rules, req, value))
  put(rules, req, id)
  return undefined
}

function put(rules: Rules, req: SessionRequest, id: unknown): void {
  req.sessionID = id as string
  const session = new Session(req)
  const cookie = new Cookie(rules.cookieOf(req))
  if (rules.cookie?.secure === 'auto' || rules.cookie?.sameSite === 'auto') {
    const secure = isSecure(req, rules.proxy)
    if (rules.cookie.secure === 'auto') cookie.secure = secure
    if (rules.cookie.sameSite === 'auto') cookie.sameSite = secure ? 'none' : 'lax'
  }
  session.cookie = cookie
  req.session = session
}
