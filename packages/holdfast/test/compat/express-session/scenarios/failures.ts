import { routes } from '../site.js'
import { common, read, type Scenario } from './scenario.js'

/** What goes wrong, and where it is told. */
export const failures: readonly Scenario[] = [
  {
    title: 'an error of destroy at the end goes to next, and the answer is sent',
    options: { unset: 'destroy' },
    store: (store) => {
      Reflect.set(store, 'destroy', (_sid: string, callback: (error: Error) => void) => callback(new Error('boom')))
    },
    handler: (req, res) => {
      Reflect.set(req, 'session', null)
      res.end('sent')
    },
    steps: ['/'],
  },
  {
    title: 'an error of set at the end goes to next, and the answer is sent',
    store: (store) => {
      Reflect.set(store, 'set', (_sid: string, _data: unknown, callback: (error: Error) => void) =>
        callback(new Error('disk full')),
      )
    },
    handler: common,
    steps: ['/write'],
  },
  {
    title: 'an error of touch at the end goes to next, and the answer is sent',
    store: (store) => {
      Reflect.set(store, 'touch', (_sid: string, _data: unknown, callback: (error: Error) => void) =>
        callback(new Error('no touch')),
      )
    },
    handler: common,
    steps: ['/write', '/read'],
    looks: 1,
  },
  {
    title: 'an error of get goes to next without a session',
    store: (store) => {
      Reflect.set(store, 'get', (_sid: string, callback: (error: Error) => void) => callback(new Error('store down')))
    },
    handler: common,
    steps: ['/write', '/read'],
  },
  {
    title: 'an error ENOENT of get is a session that is not there',
    store: (store) => {
      Reflect.set(store, 'get', (_sid: string, callback: (error: Error) => void) =>
        callback(Object.assign(new Error('no file'), { code: 'ENOENT' })),
      )
    },
    handler: common,
    steps: ['/write', '/read', '/write'],
  },
  {
    title: 'without any secret the request fails',
    options: { secret: undefined },
    handler: common,
    steps: ['/write'],
  },
  {
    title: 'an id that is no string: nothing is saved or sent, and no error',
    options: { genid: (() => 5) as unknown as () => string },
    handler: common,
    steps: ['/write'],
  },
  {
    title: 'a store that is disconnected: requests pass without a session, until it is connected',
    handler: (req, res) => {
      const { url } = req
      const seen = [typeof req.session, typeof req.sessionID, typeof req.sessionStore]
      if (url === '/off') req.sessionStore.emit('disconnect')
      res.end(JSON.stringify(seen))
    },
    steps: ['/', '/off', '/', '/'],
  },
  {
    title: 'a date that is none goes to next, and the answer is sent',
    options: { cookie: { expires: new Date(Number.NaN) } },
    handler: common,
    steps: ['/write'],
  },
  {
    title: 'a record without a cookie fails to load',
    handler: routes({
      '/write': (req, res) => {
        req.session.user = 'ada'
        req.session.save(() => {
          req.sessionStore.sessions[req.sessionID] = '{"user":"ada"}'
          res.end()
        })
      },
      '/read': read,
    }),
    steps: ['/write', '/read'],
  },
]
