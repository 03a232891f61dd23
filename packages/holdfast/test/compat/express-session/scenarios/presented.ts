import { SECRET } from '../site.js'
import { common, type Scenario, signed } from './scenario.js'

/** Which requests get a session, and what of a request is believed. */
export const presented: readonly Scenario[] = [
  {
    title: 'a presented id that is not stored is never taken over',
    handler: common,
    steps: [{ path: '/write', cookie: signed('chosen') }, '/read'],
  },
  {
    title: 'a bad signature, a raw id and another secret are no cookie',
    handler: common,
    steps: [
      '/write',
      { path: '/read', cookie: `${signed('id-1')}x` },
      { path: '/read', cookie: 'connect.sid=id-1' },
      { path: '/read', cookie: signed('id-1', 'other') },
      { path: '/read', cookie: 'connect.sid=s%3Aid-1' },
      { path: '/read', cookie: 'connect.sid=%E0%A4%A' },
      { path: '/read', cookie: 'connect.sid' },
      { path: '/read', cookie: '' },
    ],
  },
  {
    title: 'the first cookie of the name counts, quoted or not, among others',
    handler: common,
    steps: [
      '/write',
      { path: '/read', cookie: `connect.sid=bad; ${signed('id-1')}` },
      { path: '/read', cookie: `${signed('id-1')}; connect.sid=bad` },
      { path: '/read', cookie: `a; b=c ;\tconnect.sid = "${signed('id-1').slice('connect.sid='.length)}" ; d` },
    ],
  },
  {
    title: 'the first of several secrets signs, all verify, and nothing is signed anew',
    options: { secret: ['new', SECRET] },
    handler: common,
    steps: ['/write', '/read', { path: '/read', cookie: signed('id-1') }],
  },
  {
    title: 'without a secret that of the request is taken',
    options: { secret: undefined },
    before: (req) => Reflect.set(req, 'secret', 'from the request'),
    handler: common,
    steps: ['/write', '/read'],
  },
  {
    title: 'cookie-parser: verified cookies are taken, and signed ones of the header it has emptied',
    before: (req) => {
      const value = req.headers['x-signed']
      const raw = req.headers['x-raw']
      if (value) Reflect.set(req, 'signedCookies', { 'connect.sid': value })
      if (raw) Reflect.set(req, 'cookies', { 'connect.sid': raw })
    },
    handler: common,
    steps: [
      '/write',
      { path: '/read', cookie: null, headers: ['X-Signed: id-1'] },
      {
        path: '/read',
        cookie: null,
        headers: [`X-Raw: ${decodeURIComponent(signed('id-1').slice('connect.sid='.length))}`],
      },
      { path: '/read', cookie: null, headers: ['X-Raw: id-1'] },
      { path: '/read', cookie: 'foo=bar', headers: ['X-Signed: id-1'] },
      { path: '/read', cookie: 'connect.sid=bad', headers: ['X-Signed: id-1'] },
      { path: '/read', cookie: null, headers: ['X-Raw: s:id-1.bad'] },
    ],
  },
  { title: 'name and key name the cookie', options: { key: 'sid' }, handler: common, steps: ['/write', '/read'] },
  {
    title: 'the path must begin with that of the cookie, as text',
    options: { cookie: { path: '/foo' } },
    handler: (req, res) => {
      if (req.session) req.session.user = 'ada'
      res.end(typeof req.session)
    },
    steps: ['/foo', '/foobar', '/FOO', '/', '/bar?/foo', '/foo?x=1'],
  },
  {
    title: 'a session that is there already is left alone',
    before: (req) => Reflect.set(req, 'session', { mine: true }),
    handler: (req, res) => res.end(JSON.stringify([req.session, req.sessionID, typeof req.sessionStore])),
    steps: ['/'],
  },
  {
    title: 'a request whose url is empty or in absolute form',
    options: { cookie: { path: '/' } },
    before: (req) => {
      const url = req.headers['x-url']
      if (url !== undefined) req.url = String(url)
    },
    handler: (req, res) => {
      if (req.session) req.session.user = 'ada'
      res.end(typeof req.session)
    },
    steps: [
      { path: '/', headers: ['X-Url: '], cookie: null },
      { path: '/', headers: ['X-Url: http://example.com/foo?x=1'], cookie: null },
      { path: '/', headers: ['X-Url: *'], cookie: null },
    ],
  },
  {
    title: 'below a mount the path is that which the client asked for',
    options: { cookie: { path: '/foo/bar' } },
    before: (req) => {
      Reflect.set(req, 'originalUrl', req.url)
      req.url = String(req.url).slice('/foo'.length)
    },
    handler: (req, res) => res.end(typeof req.session),
    steps: ['/foo/bar?x=1', '/foo/foo/bar'],
  },
]
