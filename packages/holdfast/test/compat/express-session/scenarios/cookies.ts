import { vi } from 'vitest'
import { routes } from '../site.js'
import { common, type Scenario, write } from './scenario.js'

const https = ['X-Forwarded-Proto: https']

/** Attributes of the cookie, and when it is sent. */
export const cookies: readonly Scenario[] = [
  {
    title: 'rolling sends the cookie with every answer, and prolongs it',
    options: { rolling: true, cookie: { maxAge: 60_000 } },
    passing: 1_000,
    handler: common,
    steps: ['/write', '/read', '/count'],
    looks: 1,
  },
  {
    title: 'rolling does not send the cookie of an empty session',
    options: { rolling: true },
    handler: common,
    steps: ['/read'],
  },
  {
    title: 'a cookie with an end is sent again where the session was modified',
    options: { cookie: { maxAge: 60_000 } },
    passing: 1_000,
    handler: common,
    steps: ['/write', '/read', '/count'],
    looks: 1,
  },
  { title: 'a cookie of the browser session is sent once', handler: common, steps: ['/count', '/count'], looks: 1 },
  {
    title: 'a change of the cookie alone is no modification',
    options: { cookie: { maxAge: 60_000 } },
    handler: routes({
      '/write': write,
      '/cookie': (req, res) => {
        req.session.cookie.path = '/deep'
        res.end()
      },
    }),
    steps: ['/write', '/cookie'],
  },
  {
    title: 'every attribute of the cookie, in its order',
    options: {
      cookie: {
        domain: '.example.com',
        path: '/',
        maxAge: 5_000,
        httpOnly: false,
        sameSite: true,
        priority: 'high',
        partitioned: true,
        unknown: 1,
        encode: () => 'x',
        signed: false,
      },
    },
    handler: common,
    steps: ['/cookie', '/read'],
  },
  {
    title: 'attributes in other forms',
    options: { cookie: { expires: new Date(Date.UTC(2040, 1, 1)), sameSite: 'none', priority: 'low' } },
    handler: common,
    steps: ['/cookie', '/read', '/count'],
    looks: 1,
  },
  { title: 'maxAge 0 ends at once', options: { cookie: { maxAge: 0 } }, handler: common, steps: ['/cookie', '/read'] },
  {
    title: 'options of a cookie made for a request',
    options: { cookie: (req) => ({ path: '/', maxAge: req.url === '/count' ? 1_000 : 2_000 }) },
    handler: common,
    steps: ['/cookie', { path: '/count', cookie: null }],
  },
  {
    title: 'secure over a proxy that is believed',
    options: { proxy: true, cookie: { secure: true } },
    handler: common,
    steps: [
      { path: '/write', headers: https },
      { path: '/read', headers: ['X-Forwarded-Proto: HTTPS , http'] },
      { path: '/count', headers: ['X-Forwarded-Proto: http, https'] },
    ],
    looks: 1,
  },
  {
    title: 'secure by the word of Express',
    options: { cookie: { secure: true } },
    before: (req) => Object.defineProperty(req, 'secure', { value: true }),
    handler: common,
    steps: ['/write', '/read'],
  },
  {
    title: 'auto is found when the session begins, and kept',
    options: { proxy: true, cookie: { secure: 'auto', sameSite: 'auto', maxAge: 60_000 } },
    handler: common,
    steps: [
      { path: '/cookie', headers: https },
      { path: '/count', headers: https },
      { path: '/cookie', cookie: null },
    ],
    looks: 1,
  },
  {
    title: 'cookies of the handler stay, by setHeader and by writeHead',
    handler: routes({
      '/set': (req, res) => {
        req.session.user = 'ada'
        res.setHeader('Set-Cookie', 'other=1')
        res.end()
      },
      '/head': (req, res) => {
        req.session.user = 'ada'
        res.writeHead(200, { 'Set-Cookie': 'other=1' })
        res.end()
      },
    }),
    steps: [
      { path: '/set', cookie: null },
      { path: '/head', cookie: null },
    ],
  },
  {
    title: 'the end that is stored is the one that was sent, however long the answer takes',
    options: { rolling: true, cookie: { maxAge: 60_000 } },
    handler: routes({
      '/write': write,
      '/slow': (_req, res) => {
        res.write('hello, ')
        vi.setSystemTime(Date.now() + 5_000)
        res.end('world')
      },
    }),
    steps: ['/write', '/slow'],
  },
]
