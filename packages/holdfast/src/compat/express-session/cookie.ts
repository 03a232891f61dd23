import { deprecate } from './deprecate.js'
import { type CookieData, setCookie } from './set-cookie.js'

/** What an app may say of its cookie. Other keys are kept on the cookie, and neither stored nor sent. */
export interface CookieOptions {
  /** The path that a browser must ask for, and that a request must begin with to get a session. Default `/`. */
  path?: string
  /** Hides it from scripts. Default true. */
  httpOnly?: boolean
  /** Milliseconds. Default `null`: until the browser is closed. A Date is taken, and is out of date. */
  maxAge?: number | Date | null
  /** A moment instead of `maxAge`. */
  expires?: Date | null | false
  /** Default: the host alone. */
  domain?: string
  /** `'auto'`: as the request is that begins the session. Default: not secure. */
  secure?: boolean | 'auto'
  /** `true` is strict. `'auto'`: `none` where the request is secure, else `lax`. Default: none is sent. */
  sameSite?: boolean | 'lax' | 'strict' | 'none' | 'auto'
  priority?: 'low' | 'medium' | 'high'
  partitioned?: boolean
  [unknown: string]: unknown
}

/** The cookie of a session: what it will be sent with, and when it ends. Its value is not part of it. */
export class Cookie {
  declare path: string
  declare _expires: Date | null | false | undefined
  /** The `maxAge` that `touch` goes back to, in milliseconds; `null` where it ends with the browser. */
  declare originalMaxAge: number | null | false | undefined
  declare httpOnly: boolean
  declare secure?: boolean | 'auto' | undefined
  declare domain?: string | undefined
  declare sameSite?: CookieOptions['sameSite'] | undefined
  declare priority?: CookieOptions['priority'] | undefined
  declare partitioned?: boolean | undefined
  declare encode?: unknown
  declare signed?: unknown

  /** Throws a TypeError for options that are no object, and for a `maxAge` that is no number and no Date. */
  constructor(options?: object | null) {
    this.path = '/'
    this.maxAge = null
    this.httpOnly = true
    if (options) {
      if (typeof options !== 'object') throw new TypeError('argument options must be a object')
      const given = options as Readonly<Record<string, unknown>>
      // What is inherited counts: options are made with `Object.create(defaults)`.
      for (const key in given) if (key !== 'data') Reflect.set(this, key, given[key])
    }
    this.originalMaxAge ??= this.maxAge
  }

  /** When it ends; `null` with the browser. Setting it sets `originalMaxAge` too. */
  get expires(): Date | null | false | undefined {
    return this._expires
  }

  set expires(date: Date | null | false | undefined) {
    this._expires = date
    this.originalMaxAge = this.maxAge
  }

  /** Milliseconds from now; what `expires` is where that is no Date. */
  get maxAge(): number | null | false | undefined {
    return this.expires instanceof Date ? this.expires.valueOf() - Date.now() : this.expires
  }

  set maxAge(ms: number | Date | null | false | undefined) {
    if (ms && typeof ms !== 'number' && !(ms instanceof Date)) throw new TypeError('maxAge must be a number or Date')
    if (ms instanceof Date) deprecate('maxAge as Date; pass number of milliseconds instead')
    this.expires = typeof ms === 'number' ? new Date(Date.now() + ms) : ms
  }

  /** What is stored of it. The order of the keys is that of the stored text. */
  get data(): CookieData {
    return {
      originalMaxAge: this.originalMaxAge,
      partitioned: this.partitioned,
      priority: this.priority,
      expires: this._expires,
      secure: this.secure,
      httpOnly: this.httpOnly,
      domain: this.domain,
      path: this.path,
      sameSite: this.sameSite,
    }
  }

  /** A `Set-Cookie` value. */
  serialize(name: string, value: string): string {
    return setCookie(name, value, this.data)
  }

  toJSON(): CookieData {
    return this.data
  }
}

export { Cookie as 'module.exports', Cookie as default }
