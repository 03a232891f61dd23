import session, { MemoryStore, type SessionData, Store } from 'holdfast/express-session'
import { describe, expect, test } from 'vitest'
import { frameworks, type Handler, type Req, routes, SECRET, type Setting, site } from './site.js'
import { ours } from './subjects.js'

/** A handler that is `async`, on frameworks that wait for it and on those that do not. */
const promising =
  (work: (req: Req) => Promise<unknown>): Handler =>
  (req, res, next) => {
    work(req).then((body) => res.end(JSON.stringify(body)), next)
  }

describe.each(frameworks)('without a callback the methods of a session answer with a promise, on %s', (framework) => {
  test('save, reload, regenerate and destroy', async () => {
    const served = await site(ours, {
      framework,
      handler: promising(async (req) => {
        const first = req.sessionID
        req.session.user = 'ada'
        await req.session.save()
        const afterSave = Object.keys(req.sessionStore.sessions)
        req.session.user = 'grace'
        await req.session.reload()
        const { user } = req.session
        await req.session.regenerate()
        const second = req.sessionID
        req.session.user = 'lin'
        await req.session.save()
        const afterRegenerate = Object.keys(req.sessionStore.sessions)
        await req.session.destroy()
        return [first, afterSave, user, second, afterRegenerate, typeof req.session]
      }),
    })
    const { body } = await served.visit()
    expect(JSON.parse(body.toString())).toEqual(['id-1', ['id-1'], 'ada', 'id-2', ['id-2'], 'undefined'])
    expect(served.store.sessions).toEqual({})
  })

  test('they reject with what the store failed with', async () => {
    const failing = (...args: unknown[]): unknown => (args.at(-1) as (error: Error) => void)(new Error('store down'))
    const served = await site(ours, {
      framework,
      store: (store) => {
        Reflect.set(store, 'set', failing)
        Reflect.set(store, 'get', failing)
        Reflect.set(store, 'destroy', failing)
      },
      handler: promising((req) => {
        const { session } = req
        const acts = [session.save(), session.reload(), session.regenerate(), session.destroy()]
        return Promise.all(acts.map((act) => act.then(String, (error: Error) => error.message)))
      }),
    })
    const { body } = await served.visit()
    expect(JSON.parse(body.toString())).toEqual(['store down', 'store down', 'store down', 'store down'])
  })

  test('a rejection that nobody waits for ends no process', async () => {
    const served = await site(ours, {
      framework,
      store: (store) => {
        Reflect.set(store, 'destroy', (_sid: string, callback: (error: Error) => void) =>
          setImmediate(callback, new Error('store down')),
        )
      },
      handler: (req, res) => {
        req.session.destroy()
        res.end('sent')
      },
    })
    // vitest fails a run that had an unhandled rejection.
    expect((await served.visit()).body.toString()).toBe('sent')
  })

  test('save() of what is not JSON throws with a callback and rejects without', async () => {
    const served = await site(ours, {
      framework,
      handler: promising(async (req) => {
        req.session.value = 1n
        const rejected = await req.session.save().then(String, (error: Error) => error.name)
        const thrown = ((): string => {
          try {
            req.session.save(() => undefined)
            return 'nothing'
          } catch (error) {
            return (error as Error).name
          }
        })()
        delete req.session.value
        return [rejected, thrown]
      }),
    })
    expect((await served.visit()).body.toString()).toBe('["TypeError","TypeError"]')
  })
})

describe.each(frameworks)('genid may answer a promise, on %s', (framework) => {
  const later =
    (ids: string[]): (() => Promise<string>) =>
    async () => {
      await new Promise(setImmediate)
      return ids.shift() ?? 'none'
    }

  test('for a new session and for regenerate()', async () => {
    const served = await site(ours, {
      framework,
      options: { genid: later(['first', 'second']) },
      handler: (req, res) => {
        req.session.user = 'ada'
        const before = req.sessionID
        req.session.regenerate((error) => {
          req.session.user = 'grace'
          res.end([error, before, req.sessionID].join())
        })
      },
    })
    const reply = await served.visit()
    expect(reply.body.toString()).toMatch(/^,first,second$/)
    expect(reply.header('set-cookie').join()).toContain('s%3Asecond.')
    expect(Object.keys(served.store.sessions)).toEqual(['second'])
  })

  test('its rejection goes to next', async () => {
    const served = await site(ours, {
      framework,
      options: { genid: () => Promise.reject(new Error('no ids left')) },
      handler: (_req, res) => res.end(),
    })
    expect((await served.visit()).body.toString()).toBe('no ids left')
  })
})

describe('stores that answer with promises', () => {
  const count: Handler = (req, res) => {
    req.session.hits = Number(req.session.hits ?? 0) + 1
    res.end(String(req.session.hits))
  }
  const handler = routes({ '/count': count, '/read': (req, res) => res.end(String(req.session.hits)) })

  class Promising extends Store {
    readonly records = new Map<string, string>()
    readonly log: string[] = []
    async get(sid: string): Promise<SessionData | null> {
      this.log.push('get')
      await new Promise(setImmediate)
      return JSON.parse(this.records.get(sid) ?? 'null')
    }
    async set(sid: string, data: SessionData): Promise<void> {
      this.log.push('set')
      await new Promise(setImmediate)
      this.records.set(sid, JSON.stringify(data))
    }
    async destroy(sid: string): Promise<void> {
      this.records.delete(sid)
    }
    async touch(): Promise<void> {
      this.log.push('touch')
    }
  }

  /** As connect-redis is: both at once, and the callback has a default. */
  class Both extends Promising {
    override async get(sid: string, callback: (error: unknown, data?: SessionData | null) => void = () => {}) {
      const data = await super.get(sid)
      callback(null, data)
      return data
    }
    override async set(sid: string, data: SessionData, callback: (error?: unknown) => void = () => {}) {
      await super.set(sid, data)
      callback()
    }
  }

  /** An `async` function that does not wait for the driver which calls back. */
  class Hasty extends Promising {
    override async get(sid: string, callback?: (error: unknown, data: SessionData | null) => void) {
      super.get(sid).then((data) => callback?.(null, data))
      return null
    }
    override async set(sid: string, data: SessionData, callback?: () => void) {
      super.set(sid, data).then(callback)
    }
  }

  test.each([
    ['and nothing else', Promising],
    ['and call back', Both],
    ['and call back later', Hasty],
  ])('%s', async (_name, Kind) => {
    const store = new Kind()
    const served = await site(ours, { options: { store }, handler })
    const bodies: string[] = []
    for (const path of ['/count', '/count', '/read']) bodies.push((await served.visit(path)).body.toString())
    expect(bodies).toEqual(['1', '2', '2'])
    expect(store.log).toEqual(['set', 'get', 'get', 'set', 'get', 'touch'])
  })

  test.each(['get', 'set', 'touch'] as const)('what %s rejects with goes to next', async (act) => {
    const store = new Promising()
    const served = await site(ours, { options: { store }, handler })
    if (act !== 'set') await served.visit('/count')
    Reflect.set(store, act, () => Promise.reject(new Error('store down')))
    await served.visit(act === 'set' ? '/count' : '/read')
    expect(served.errors).toEqual(['store down'])
  })
})

describe('MemoryStore', () => {
  const data = (expires: Date | null): SessionData => ({ cookie: { originalMaxAge: null, expires }, user: 'ada' })

  test('answers with promises where it is given no callback', async () => {
    const store = new MemoryStore()
    await store.set('a', data(null))
    await store.set('b', data(new Date(Date.now() - 1)))
    await store.set('c', data(new Date(Date.now() + 60_000)))
    expect(await store.get('a')).toEqual({ cookie: { originalMaxAge: null, expires: null }, user: 'ada' })
    expect(await store.get('none')).toBeUndefined()
    await store.touch('a', data(new Date(0)))
    expect(await store.length()).toBe(1)
    expect(Object.keys(await store.all())).toEqual(['c'])
    expect(await store.load('c')).toBeInstanceOf(session.Session)
    expect(await store.load('none')).toBeUndefined()
    await store.destroy('c')
    await store.set('d', data(null))
    await store.clear()
    expect(await store.length()).toBe(0)
  })

  test('is what an app gets that names no store', async () => {
    const setting: Setting = {
      options: { store: undefined },
      handler: (req, res) => res.end(req.sessionStore.constructor.name),
    }
    expect((await (await site(ours, setting)).visit()).body.toString()).toBe('MemoryStore')
    expect(session({ secret: SECRET, resave: false, saveUninitialized: false })).toHaveLength(3)
  })
})
