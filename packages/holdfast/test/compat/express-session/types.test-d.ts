/** Checked by the compiler: the middleware fits both majors of Express, and stores are written against `Store`. */
import { createServer } from 'node:http'
import express5 from 'express'
import express4 from 'express4'
import session, { type Cookie, type SessionData, type SessionOptions, Store } from 'holdfast/express-session'
import CookieAlone from 'holdfast/express-session/cookie'
import MemoryAlone from 'holdfast/express-session/memory'
import SessionAlone from 'holdfast/express-session/session'
import StoreAlone from 'holdfast/express-session/store'

const options: SessionOptions = {
  secret: ['new', Buffer.from('old')],
  resave: false,
  saveUninitialized: false,
  cookie: { maxAge: 60_000, sameSite: 'auto', secure: 'auto' },
  genid: async (req) => String(req.headers.host),
}

express4().use(session(options))
express5().use(session(options))
createServer((req, res) => session(options)(req, res, () => res.end()))

class OwnStore extends Store {
  get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    callback(null, sid === '' ? null : undefined)
  }
  set(_sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
    data.cookie.originalMaxAge satisfies number | null | false | undefined
    callback?.()
  }
  destroy(_sid: string, callback?: (error?: unknown) => void): void {
    callback?.()
  }
}
session({ ...options, store: new OwnStore() })
session({ ...options, store: new MemoryAlone() })
session({ ...options, store: new session.MemoryStore() })
StoreAlone satisfies typeof Store
new SessionAlone({ sessionID: 'a' }).cookie satisfies Cookie
new CookieAlone({ maxAge: 1 }).serialize('name', 'value') satisfies string

// @ts-expect-error: no such word
session({ unset: 'forget' })
// @ts-expect-error: milliseconds, not text
session({ cookie: { maxAge: '1h' } })
