import { EventEmitter } from 'node:events'
import { inherits } from 'node:util'
import session, {
  type ConnectStore,
  Cookie,
  MemoryStore,
  Session,
  type SessionData,
  Store,
} from 'holdfast/express-session'
import { describe, expect, test, vi } from 'vitest'
import { type Handler, site } from './site.js'
import { ours, theirs } from './subjects.js'

type Callback = (error?: unknown, data?: unknown) => void

/** What a store of the old way has for acts. */
const acts = {
  get(this: { kept: Map<string, string> }, sid: string, callback: Callback) {
    setImmediate(callback, null, JSON.parse(this.kept.get(sid) ?? 'null'))
  },
  set(this: { kept: Map<string, string> }, sid: string, data: SessionData, callback: Callback) {
    this.kept.set(sid, JSON.stringify(data))
    setImmediate(callback)
  },
  destroy(this: { kept: Map<string, string> }, sid: string, callback: Callback) {
    this.kept.delete(sid)
    setImmediate(callback)
  },
}

/** A constructor of before ES2015, and whether it calls the one that it inherits from. */
function oldStore(calls: boolean): ConnectStore {
  function Old(this: { kept: Map<string, string> }): void {
    if (calls) Store.call(this)
    this.kept = new Map()
  }
  inherits(Old, Store)
  Object.assign(Old.prototype, acts)
  return Reflect.construct(Old, [])
}

class Modern extends Store {
  readonly kept = new Map<string, string>()
}
Object.assign(Modern.prototype, acts)

describe('stores inherit from Store', () => {
  const handler: Handler = (req, res) => {
    req.session.hits = Number(req.session.hits ?? 0) + 1
    if (req.session.hits === 3) req.session.regenerate(() => res.end('new'))
    else res.end(String(req.session.hits))
  }
  test.each([
    ['by util.inherits and Store.call(this)', () => oldStore(true)],
    ['by util.inherits alone: the constructor is never called', () => oldStore(false)],
    ['as a class', () => new Modern() as unknown as ConnectStore],
  ])('%s', async (_name, make) => {
    const store = make()
    expect(store).toBeInstanceOf(EventEmitter)
    const served = await site(ours, { options: { store }, handler })
    const bodies: string[] = []
    for (let i = 0; i < 4; i += 1) bodies.push((await served.visit()).body.toString())
    expect(bodies).toEqual(['1', '2', 'new', '1'])
  })

  test('by a factory that is given the module', () => {
    const factory = (module: { Store: typeof Store }): object => {
      class Made extends module.Store {}
      return new Made()
    }
    expect(factory(session)).toBeInstanceOf(Store)
    expect('session' in session).toBe(false)
  })
})

test.each([
  ['Store', Store, theirs.Store],
  ['MemoryStore', MemoryStore, theirs.MemoryStore],
] as const)('%s has the methods of the original, and no others', (_name, mine, original) => {
  expect(mine.name).toBe(original.name)
  expect(Object.keys(mine.prototype).sort()).toEqual(Object.keys(original.prototype).sort())
})

test('Session has methods that no enumeration shows', () => {
  const made = new Session({ sessionID: 'a' }, { user: 'ada', save: 1 })
  expect(Object.keys(made)).toEqual(['user'])
  expect(Object.getOwnPropertyNames(Session.prototype).sort()).toEqual(
    Object.getOwnPropertyNames(theirs.Session.prototype).sort(),
  )
})

test('load() makes a session that has no request', async () => {
  const store = new MemoryStore()
  const expires = new Date(Date.now() + 60_000)
  await store.set('a', { cookie: { originalMaxAge: 60_000, expires }, user: 'ada' })
  const loaded = await new Promise<Session | undefined>((resolve) => store.load('a', (_error, made) => resolve(made)))
  expect(loaded).toMatchObject({ id: 'a', user: 'ada' })
  expect(loaded?.cookie.expires).toEqual(expires)
  expect(loaded?.cookie.originalMaxAge).toBe(60_000)
  await loaded?.save()
  expect(await store.length()).toBe(1)
})

describe('the stored text and the header of a Cookie are those of the original', () => {
  const at = new Date(Date.UTC(2031, 5, 1))
  const inherited: object = Object.create({ path: '/inherited', secure: true })
  test.each<[string, object | undefined, ((cookie: Cookie) => void)?]>([
    ['no options', undefined],
    ['maxAge', { maxAge: 5_000 }],
    ['maxAge 0', { maxAge: 0 }],
    ['expires', { expires: at }],
    ['expires before maxAge', { expires: at, maxAge: 1_000 }],
    ['originalMaxAge', { originalMaxAge: 7, maxAge: 9 }],
    ['expires false', { expires: false }],
    ['unknown keys and data', { unknown: 1, data: { path: '/no' }, encode: String, signed: true }],
    ['inherited options', inherited],
    [
      'every attribute',
      { path: '/a', domain: 'b.c', secure: true, sameSite: 'Lax', priority: 'medium', partitioned: true },
    ],
    ['maxAge set later', {}, (cookie) => Object.assign(cookie, { maxAge: 1_000 })],
    ['expires set later', { maxAge: 5 }, (cookie) => Object.assign(cookie, { expires: at })],
    ['ended with the browser again', { maxAge: 5 }, (cookie) => Object.assign(cookie, { expires: null })],
  ])('%s', (_name, options, change) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    try {
      const seen = [new Cookie(options), new theirs.Cookie(options)].map((cookie) => {
        change?.(cookie)
        return [
          Object.entries(cookie),
          JSON.stringify(cookie),
          cookie.maxAge,
          cookie.expires,
          cookie.serialize('sid', 'a value'),
        ]
      })
      expect(seen[0]).toEqual(seen[1])
    } finally {
      vi.useRealTimers()
    }
  })

  test.each([5, 'text', true])('options that are %s are refused', (options) => {
    expect(() => Reflect.construct(Cookie, [options])).toThrow(new TypeError('argument options must be a object'))
  })

  test.each([
    ['sid;', 'v', {}, 'argument name is invalid'],
    ['sid', 'v', { expires: new Date(Number.NaN) }, 'option expires is invalid'],
    ['sid', 'v', { sameSite: 'x' }, 'option sameSite is invalid'],
  ])('%s=%s with %o cannot be written', (name, value, options, message) => {
    expect(() => new Cookie(options).serialize(name, value)).toThrow(new TypeError(message))
    expect(() => new theirs.Cookie(options).serialize(name, value)).toThrow(new TypeError(message))
  })
})
