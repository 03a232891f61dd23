import type { ServerResponse } from 'node:http'
import type { Awaitable } from '../../engine/row.js'
import type { Answer, Exchange, Refusal } from '../../engine/wire.js'
import { ask, isThenable } from './ask.js'
import { type Callback, type SessionObject, type SessionRequest, TRACK, type Track } from './contract.js'
import { debug } from './debug.js'
import { fingerprint } from './fingerprint.js'
import type { Rules } from './options.js'
import { isSecure } from './request-facts.js'
import { setCookie } from './set-cookie.js'
import { type Secret, sign } from './signature.js'
import { warnOnce } from './warn-once.js'
import { unlessGone } from './write-back.js'

/**
 * One request and its answer on a connect store. The cookie is decided when the head is; the store is asked before the
 * first byte where the answer begins by `write`, else before the answer ends. Nothing is done for an answer that never ends.
 */
export class ConnectExchange implements Exchange<null>, Track {
  readonly session = null
  readonly #rules: Rules
  readonly #req: SessionRequest
  readonly #next: (error?: unknown) => void
  /** The id that the request presented, whether or not there was a session to it. */
  readonly #presented: string | undefined
  readonly #secret: Secret
  /** The session as it came: its id, its fields as text, and the text that the store is known to have. */
  #id: string | undefined
  #original: string | undefined
  #saved: string | undefined
  #isLoaded = false
  #isTouched = false
  /** The id of the session that this exchange itself has written or destroyed before the first byte. */
  #written: string | undefined
  #destroyed: string | undefined
  #isEnding = false
  #isGone = false
  #isOver = false
  #underWay = 0
  #waiting: (() => void)[] = []

  constructor(
    rules: Rules,
    req: SessionRequest,
    next: (error?: unknown) => void,
    presented: string | undefined,
    secret: Secret,
  ) {
    this.#rules = rules
    this.#req = req
    this.#next = next
    this.#presented = presented
    this.#secret = secret
    req[TRACK] = this
  }

  /** Sees the end of the response coming, whether by the handler's `end` or by the client's leaving. */
  watch(res: ServerResponse): void {
    const { end } = res
    // Over the held response: it asks to finish when the client has left too, and nothing is written for that.
    const seen = (...args: unknown[]): unknown => {
      this.#isEnding = true
      return Reflect.apply(end, res, args)
    }
    res.end = seen as typeof end
    res.prependListener('close', () => {
      this.#isGone = true
    })
  }

  /** A new session stands on the request. */
  began(): void {
    this.#id = this.#req.sessionID
    this.#original = this.#req.session ? fingerprint(this.#req.session) : undefined
  }

  /** The session on the request was made of this record. */
  loaded(data: object): void {
    this.#id = this.#req.sessionID
    this.#original = fingerprint(data)
    this.#saved = this.#rules.resave ? undefined : this.#original
    this.#isLoaded = true
  }

  saving(session: object): void {
    debug('saving %s', (session as SessionObject).id)
    this.#saved = fingerprint(session)
  }

  isStored(session: SessionObject): boolean {
    return this.#isLoaded && session.id === this.#id
  }

  begin(): () => void {
    this.#underWay += 1
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#underWay -= 1
      if (this.#underWay === 0) for (const resume of this.#waiting.splice(0)) resume()
    }
  }

  settle(): Awaitable<Answer | Refusal> {
    if (this.#isGone && !this.#isEnding) return NOTHING
    try {
      const { session } = this.#req
      const text = session ? fingerprint(session) : ''
      const cookie = session ? this.#cookie(session, text) : null
      const answer = cookie === null ? NOTHING : { cookies: [cookie], cache: null }
      // Where more will follow, what was only read is left for the end.
      const mayWait = session != null && cookie === null && !this.#isModified(session, text)
      if (mayWait && !this.#isEnding) return answer
      const committed = this.#commit(this.#isEnding, text)
      return isThenable(committed) ? committed.then(() => answer) : answer
    } catch (error) {
      // What cannot be stored must not look as if it were.
      this.#report(error)
      return { ...FAILED, error: error as Error }
    }
  }

  finish(): Awaitable<void> {
    return this.#isEnding && !this.#isOver ? this.#commit(true) : undefined
  }

  /**
   * Has the store act on what the handler left. `isLast`: nothing comes after it, so that what was only read is touched.
   * `text`: the fingerprint of the session where it was just taken.
   */
  #commit(isLast: boolean, text?: string): Awaitable<void> {
    this.#isOver = isLast
    if (this.#underWay > 0) {
      return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#commit(isLast))
    }
    try {
      return this.#act(isLast, text)
    } catch (error) {
      this.#report(error)
    }
  }

  #act(isLast: boolean, text?: string): Awaitable<void> {
    const { store, destroysUnset } = this.#rules
    const { session, sessionID } = this.#req
    if (session == null) {
      // Where none was ever there, because the store could not be read, nobody has unset one.
      if (!destroysUnset || !sessionID || this.#id === undefined || sessionID === this.#destroyed) return undefined
      debug('destroying')
      this.#destroyed = sessionID
      return this.#wait((done) => ask<undefined>(store, 'destroy', [sessionID], done))
    }
    this.#touch(session)
    if (typeof sessionID !== 'string') {
      debug('session ignored because of bogus req.sessionID %o', sessionID)
      return undefined
    }
    if (this.#mustSave(session, text ?? fingerprint(session))) {
      this.#written = session.id
      return this.#wait((done) => session.save(done))
    }
    const mayTouch = isLast && typeof store.touch === 'function' && this.#written !== session.id
    if (!mayTouch || this.#presented !== sessionID) return undefined
    debug('touching')
    return this.#wait((done) =>
      ask<undefined>(store, 'touch', [sessionID, session], (error) => {
        // Some stores fail to touch what was destroyed meanwhile. That it is gone is no error.
        if (error) unlessGone(store, sessionID, () => done(error), done)
        else done()
      }),
    )
  }

  /** A `Set-Cookie` value where one is due and can be sent. */
  #cookie(session: SessionObject, text: string): string | null {
    const { name, rolling, saveUninitialized } = this.#rules
    const { sessionID } = this.#req
    if (typeof sessionID !== 'string') return null
    const isDue =
      this.#presented !== sessionID
        ? saveUninitialized || this.#isModified(session, text)
        : rolling || (session.cookie.expires != null && this.#isModified(session, text))
    if (!isDue || this.#isUnsendable(session)) return null
    this.#touch(session)
    try {
      const cookie = setCookie(name, `s:${sign(sessionID, this.#secret)}`, session.cookie.data)
      debug('set-cookie %s', cookie)
      return cookie
    } catch (error) {
      this.#report(error)
      return null
    }
  }

  #isUnsendable(session: SessionObject): boolean {
    if (!session.cookie.secure || isSecure(this.#req, this.#rules.proxy)) return false
    debug('not secured')
    return true
  }

  #isModified(session: SessionObject, text: string): boolean {
    return this.#id !== session.id || this.#original !== text
  }

  #mustSave(session: SessionObject, text: string): boolean {
    const isNew = this.#presented !== this.#req.sessionID
    const isDue =
      isNew && this.#saved === undefined && !this.#rules.saveUninitialized
        ? this.#isModified(session, text)
        : this.#id !== session.id || this.#saved !== text
    if (!isDue || !isNew || !this.#isUnsendable(session)) return isDue
    warnOnce(
      'HOLDFAST_INSECURE',
      'a session was not stored, as its cookie is secure and the request came over http: no browser could present it. ' +
        'Behind a proxy that ends https set `trust proxy` of Express, or the option `proxy: true`.',
    )
    return false
  }

  /** Once for each answer. */
  #touch(session: SessionObject): void {
    if (this.#isTouched) return
    session.touch()
    this.#isTouched = true
  }

  /** Waits for an act of the store; not at all where it answers on the same turn. What fails goes to `next`. */
  #wait(act: (done: Callback) => void): Awaitable<void> {
    let isDone = false
    let resume = (): void => {}
    act((error) => {
      if (error && !isDone) this.#report(error)
      isDone = true
      resume()
    })
    if (isDone) return undefined
    return new Promise((resolve) => {
      resume = resolve
    })
  }

  /** Not on this turn: the answer goes its way first. */
  #report(error: unknown): void {
    setImmediate(this.#next, error)
  }
}

const NOTHING: Answer = { cookies: [], cache: null }

const FAILED: Omit<Refusal, 'error'> = {
  status: 500,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'Internal Server Error\n',
}
