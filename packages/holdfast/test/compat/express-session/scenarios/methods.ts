import { routes } from '../site.js'
import { count, read, type Scenario, write } from './scenario.js'

/** What the methods of a session do, and a session that a handler unsets. */
export const methods: readonly Scenario[] = [
  {
    title: 'save() and the end of the request write once',
    handler: routes({
      '/write': (req, res) => {
        req.session.user = 'ada'
        req.session.save(() => res.end('saved'))
      },
    }),
    steps: ['/write', '/write'],
    looks: 1,
  },
  {
    title: 'a change after save() is written too',
    handler: routes({
      '/write': (req, res) => {
        req.session.user = 'ada'
        req.session.save(() => {
          req.session.user = 'grace'
          res.end('saved')
        })
      },
      '/read': read,
    }),
    steps: ['/write', '/read'],
  },
  {
    title: 'reload() reads again and drops what was changed',
    handler: routes({
      '/write': write,
      '/reload': (req, res) => {
        const before = req.session
        req.session.user = 'grace'
        req.session.reload((error) => res.end(JSON.stringify([error, req.session === before, req.session])))
      },
    }),
    steps: ['/write', '/reload'],
  },
  {
    title: 'reload() and save() are not written again at the end',
    handler: routes({
      '/write': write,
      '/reload': (req, res) => {
        req.session.reload(() => {
          req.session.user = 'grace'
          req.session.save(() => res.end())
        })
      },
    }),
    steps: ['/write', '/reload'],
    looks: 1,
  },
  {
    title: 'reload() of a session that is gone fails, and keeps the object and an overridden reload',
    handler: routes({
      '/write': write,
      '/reload': (req, res) => {
        const { session } = req
        const own = (): undefined => undefined
        Reflect.set(session, 'reload', own)
        req.sessionStore.clear(() => {
          Object.getPrototypeOf(session).reload.call(session, (error: Error) =>
            res.end(JSON.stringify([error.message, req.session === session, Object.is(req.session.reload, own)])),
          )
        })
      },
    }),
    steps: ['/write', '/reload'],
  },
  {
    title: 'destroy() takes the session off at once and clears no cookie',
    handler: routes({
      '/write': write,
      '/destroy': (req, res) => {
        const { session } = req
        const answer = session.destroy(() => res.end(String(answer === session)))
        if (req.session !== undefined) throw new Error('still there')
      },
      '/read': read,
    }),
    steps: ['/write', '/destroy', '/read'],
  },
  {
    title: 'regenerate() and save(): the old is destroyed, the new is written twice and gets a cookie',
    handler: routes({
      '/write': write,
      '/regenerate': (req, res) => {
        req.session.regenerate(() => {
          req.session.user = 'grace'
          req.session.save(() => res.end(req.sessionID))
        })
      },
      '/read': read,
    }),
    steps: ['/write', '/regenerate', '/read'],
  },
  {
    title: 'regenerate() makes a new session even where destroying failed',
    store: (store) => {
      Reflect.set(store, 'destroy', (_sid: string, callback: (error: Error) => void) => callback(new Error('boom')))
    },
    handler: routes({
      '/write': write,
      '/regenerate': (req, res) => {
        const { sessionID } = req
        req.session.regenerate((error) => res.end(JSON.stringify([String(error), sessionID === req.sessionID])))
      },
    }),
    steps: ['/write', '/regenerate'],
  },
  {
    title: 'touch() and resetMaxAge() answer the session and ask no store',
    options: { cookie: { maxAge: 60_000 } },
    handler: routes({
      '/write': write,
      '/touch': (req, res) => {
        req.session.cookie.maxAge = 1
        req.session.cookie.originalMaxAge = 90_000
        res.end(JSON.stringify([req.session.touch() === req.session, req.session.resetMaxAge().cookie.maxAge]))
      },
    }),
    steps: ['/write', '/touch'],
  },
  {
    title: 'unset keep: a session set to null stays stored',
    handler: routes({
      '/write': write,
      '/unset': (req, res) => {
        Reflect.set(req, 'session', null)
        res.end()
      },
      '/delete': (req, res) => {
        Reflect.deleteProperty(req, 'session')
        res.end()
      },
      '/read': read,
    }),
    steps: ['/write', '/unset', '/delete', '/read'],
  },
  {
    title: 'unset destroy: a session set to null is destroyed, without a cookie',
    options: { unset: 'destroy', saveUninitialized: true },
    handler: routes({
      '/write': write,
      '/unset': (req, res) => {
        Reflect.set(req, 'session', null)
        res.end()
      },
    }),
    steps: [{ path: '/unset' }, '/write', '/unset'],
  },
  {
    title: 'a store that changes what it is given: save() and the end write twice',
    store: (store) => {
      const set = store.set as (...args: unknown[]) => unknown
      let writes = 0
      Reflect.set(store, 'set', function (this: unknown, ...args: unknown[]) {
        Reflect.set(args[1] as object, '__lastAccess', ++writes)
        return set.apply(this, args)
      })
    },
    handler: routes({
      '/count': count,
      '/save': (req, res) => {
        req.session.user = 'grace'
        req.session.save(() => res.end())
      },
      '/read': read,
    }),
    steps: ['/count', '/save', '/read'],
    looks: 2,
  },
]
