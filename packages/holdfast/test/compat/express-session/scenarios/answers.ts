import { routes } from '../site.js'
import type { Scenario } from './scenario.js'

/** What a handler sees and what a client gets. */
export const answers: readonly Scenario[] = [
  {
    title: 'what is first modified after the head is stored, and its cookie is not sent',
    handler: routes({
      '/late': (req, res) => {
        res.write('head')
        req.session.user = 'ada'
        res.end('body')
      },
      '/flushed': (req, res) => {
        res.flushHeaders()
        req.session.user = 'ada'
        res.end('body')
      },
    }),
    steps: ['/late', '/flushed'],
  },
  {
    title: 'answers of every shape are whole',
    handler: routes({
      '/length': (req, res) => {
        req.session.user = 'ada'
        res.setHeader('Content-Length', 12)
        res.write('hello, ')
        res.end('world')
      },
      '/whole': (req, res) => {
        req.session.user = 'grace'
        res.setHeader('Content-Length', 5)
        res.end('hello')
      },
      '/chunks': (req, res) => {
        req.session.user = 'lin'
        res.write('hello, ')
        res.end(Buffer.from('world'))
      },
      '/empty': (req, res) => {
        req.session.user = 'mary'
        res.end(null)
      },
      '/hex': (req, res) => {
        req.session.user = 'joan'
        res.end('68656c6c6f', 'hex')
      },
    }),
    steps: ['/length', '/whole', '/chunks', '/empty', '/hex'],
    looks: 4,
  },
  {
    title: 'stored keys that every session has are dropped on load',
    handler: routes({
      '/write': (req, res) => {
        req.session.user = 'ada'
        req.session.save(() => {
          const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }
          const data = { cookie, save: 1, id: 2, touch: 3, toString: 4, hasOwnProperty: 5, user: 'grace' }
          req.sessionStore.sessions[req.sessionID] = JSON.stringify(data)
          res.end()
        })
      },
      '/read': (req, res) =>
        res.end(JSON.stringify([typeof req.session.save, typeof req.session.id, req.session.user])),
    }),
    steps: ['/write', '/read', '/read'],
    looks: 1,
  },
  {
    title: 'only the fields and the cookie are enumerable, and id and req are fixed',
    handler: (req, res) => {
      req.session.user = 'ada'
      const names: string[] = []
      for (const name in req.session) names.push(name)
      const of = (name: string): unknown => {
        const { enumerable, writable } = Object.getOwnPropertyDescriptor(req.session, name) ?? {}
        return [enumerable, writable]
      }
      res.end(JSON.stringify([names, of('id'), of('req'), Object.keys(req.session.cookie)]))
    },
    steps: ['/', '/'],
  },
]
