import { type Req, routes } from '../site.js'
import { common, count, read, type Scenario } from './scenario.js'

/** When a session is written, touched, or left alone. */
export const writes: readonly Scenario[] = [
  { title: 'no cookie, unmodified: nothing is stored or sent', handler: common, steps: ['/read', '/read'] },
  { title: 'no cookie, modified: one set', handler: common, steps: ['/write', '/read'] },
  { title: 'existing, modified: one set', handler: common, steps: ['/count', '/count', '/count'], looks: 2 },
  {
    title: 'saveUninitialized stores and sends an empty session',
    options: { saveUninitialized: true },
    handler: common,
    steps: ['/read', '/read', '/write'],
    looks: 1,
  },
  {
    title: 'resave writes what was only read',
    options: { resave: true },
    handler: common,
    steps: ['/write', '/read'],
    looks: 1,
  },
  {
    title: 'a field named cookie below the top is a modification, and the order of keys counts',
    handler: routes({
      '/write': (req, res) => {
        req.session.a = { cookie: req.headers['x-value'] }
        req.session.b = 1
        res.end()
      },
      '/turn': (req, res) => {
        const { a } = req.session
        delete req.session.a
        req.session.a = a
        res.end()
      },
    }),
    steps: [{ path: '/write', headers: ['X-Value: 1'] }, { path: '/write', headers: ['X-Value: 2'] }, '/turn'],
    looks: 2,
  },
  {
    title: 'a store without touch is not asked to',
    store: (store) => Reflect.set(store, 'touch', undefined),
    handler: common,
    steps: ['/write', '/read'],
  },
  {
    title: 'sessions end: the store forgets them, and a new one is begun',
    options: { cookie: { maxAge: 1_500 } },
    passing: 1_000,
    handler: common,
    steps: ['/write', '/read', '/read', { path: '/../..', cookie: null }, '/read'],
  },
  {
    title: 'a store that answers on the same turn',
    store: (store) => {
      const { sessions } = store
      Reflect.set(store, 'get', (sid: string, callback: (error: null, data: unknown) => void) =>
        callback(null, sessions[sid] && JSON.parse(sessions[sid])),
      )
      Reflect.set(store, 'set', (sid: string, data: unknown, callback: () => void) => {
        sessions[sid] = JSON.stringify(data)
        callback()
      })
      Reflect.set(store, 'destroy', (sid: string, callback: () => void) => {
        delete sessions[sid]
        callback()
      })
      Reflect.set(store, 'touch', (_sid: string, _data: unknown, callback: () => void) => callback())
    },
    handler: routes({
      '/count': count,
      '/read': read,
      '/destroy': (req: Req, res) => req.session.destroy(() => res.end()),
    }),
    steps: ['/count', '/count', '/read', '/destroy', '/read'],
    looks: 1,
  },
  {
    title: 'a store that hands out what it was given, by reference',
    store: (store) => {
      const kept = new Map<string, unknown>()
      Reflect.set(store, 'get', (sid: string, callback: (error: null, data: unknown) => void) =>
        setImmediate(callback, null, kept.get(sid)),
      )
      Reflect.set(store, 'set', (sid: string, data: unknown, callback: () => void) => {
        kept.set(sid, data)
        setImmediate(callback)
      })
    },
    options: { cookie: { maxAge: 60_000 } },
    passing: 1_000,
    handler: common,
    steps: ['/count', '/count', '/read', '/cookie'],
    looks: 2,
  },
]
