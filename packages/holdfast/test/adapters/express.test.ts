import type { IncomingMessage, ServerResponse } from 'node:http'
import express5 from 'express'
import { createSessions, memoryStore, type Options, type Sessions } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { afterEach, describe, expect, test } from 'vitest'
import { adapterKit } from '../../src/testing/adapter-kit.js'
import { matches, SECRET, sendReply, served, WAYS } from './serving.js'
import { compression, express4, get, listen, type Stage } from './stage.js'

type Next = (error?: unknown) => void

const versions = [
  ['express 4', express4],
  ['express 5', express5],
] as const

for (const [name, create] of versions) {
  adapterKit({
    test,
    name,
    ways: WAYS,
    serve(sessions, routes, way) {
      const app = create()
      app.set('env', 'test')
      // Where a header was set before, Node 20 keeps one line of each name of a list, without us too.
      if (way === 'writeHead with a flat array') app.disable('x-powered-by')
      if (way === 'compression before') app.use(compression({ threshold: 0 }))
      app.use(sessionMiddleware(sessions))
      if (way === 'compression after') app.use(compression({ threshold: 0 }))
      app.use(async (req: IncomingMessage, res: ServerResponse, next: Next) => {
        const route = routes.find((one) => matches(one, req))
        if (route === undefined) return next()
        try {
          await sendReply(res, await route.handle(sessions.of(req)), way)
        } catch (error) {
          next(error)
        }
      })
      return served(app)
    },
  })
}

interface Data {
  note: string
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function sessionsWith(options: Partial<Options<Data>> = {}): Sessions<Data> {
  const sessions = createSessions<Data>({
    secret: SECRET,
    store: memoryStore(),
    sweep: false,
    log: () => undefined,
    ...options,
  })
  closing.push(() => sessions.close())
  return sessions
}

async function serve(listener: (req: IncomingMessage, res: ServerResponse) => void): Promise<Stage> {
  const stage = await listen(listener)
  closing.push(() => stage.close())
  return stage
}

describe.each(versions)('sessionMiddleware under %s', (_name, create) => {
  test('mounted twice it is one session, and one cookie (CK-09)', async () => {
    const sessions = sessionsWith()
    const app = create()
    app.use(sessionMiddleware(sessions), sessionMiddleware(sessions))
    app.use((req: IncomingMessage, res: ServerResponse) => {
      sessions.of(req).data.note = 'written'
      expect(Reflect.get(req, 'session')).toBe(sessions.of(req))
      res.end()
    })
    const { port } = await serve(app)
    expect((await get(port)).header('set-cookie')).toHaveLength(1)
  })

  test('a handler of a mounted app writes to the session of its parent', async () => {
    const sessions = sessionsWith()
    const app = create()
    const mounted = create()
    mounted.get('/write', (req, res) => {
      sessions.of(req).data.note = 'written'
      res.send('hello')
    })
    app.use(sessionMiddleware(sessions))
    app.use('/mounted', mounted)
    app.get('/note', (req, res) => void res.send(sessions.of(req).data.note ?? 'none'))
    const { port } = await serve(app)
    const [cookie = ''] = (await get(port, '/mounted/write')).header('set-cookie')
    const reply = await get(port, '/note', { headers: [`Cookie: ${cookie.split(';', 1)[0]}`] })
    expect(reply.body.toString()).toBe('written')
  })

  test('paths are those that the client asked for, below a mount too', async () => {
    const sessions = sessionsWith({ crossSite: { except: ['/hooks/*'] } })
    const app = create()
    const hooks = create.Router()
    hooks.use(sessionMiddleware(sessions))
    hooks.post('/paid', (_req, res) => void res.send('thanks'))
    app.use('/hooks', hooks)
    const { port } = await serve(app)
    const foreign = ['Sec-Fetch-Site: cross-site', 'Content-Length: 0']
    expect((await get(port, '/hooks/paid', { method: 'POST', headers: foreign })).body.toString()).toBe('thanks')
  })

  test('a refusal is answered at once and does not reach error handlers (XS-01)', async () => {
    const seen: unknown[] = []
    const app = create()
    app.use(sessionMiddleware(sessionsWith()))
    app.use((error: unknown, _req: IncomingMessage, _res: ServerResponse, next: Next) => {
      seen.push(error)
      next(error)
    })
    const { port } = await serve(app)
    const foreign = ['Sec-Fetch-Site: cross-site', 'Content-Length: 0']
    const reply = await get(port, '/', { method: 'POST', headers: foreign })
    expect(reply.status).toBe(403)
    expect(reply.body.toString()).toContain('HOLDFAST_CROSS_SITE')
    expect(seen).toEqual([])
  })

  test('a mistake in the set-up goes to the error handlers', async () => {
    const app = create()
    app.use(sessionMiddleware(sessionsWith({ secret: undefined })))
    app.use((error: { code?: string }, _req: IncomingMessage, res: ServerResponse, _next: Next) => res.end(error.code))
    const { port } = await serve(app)
    expect((await get(port)).body.toString()).toBe('HOLDFAST_SECRET')
  })

  describe('behind a proxy', () => {
    const forwarded = [
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: shop.example:8443',
      'X-Forwarded-For: 203.0.113.7',
      'Origin: https://shop.example:8443',
      'Content-Length: 0',
    ]
    const signingIn = async (trust: boolean): Promise<Stage> => {
      const sessions = sessionsWith()
      const app = create()
      app.set('env', 'test')
      if (trust) app.set('trust proxy', 'loopback')
      app.use(sessionMiddleware(sessions))
      app.post('/in', async (req, res, next) => {
        try {
          await sessions.of(req).signIn('ada')
          res.send('hello')
        } catch (error) {
          next(error)
        }
      })
      return serve(app)
    }

    test('that the app trusts, scheme and host with its port are what it says (PL-04)', async () => {
      const { port } = await signingIn(true)
      const reply = await get(port, '/in', { method: 'POST', headers: forwarded })
      expect(reply.status).toBe(200)
      expect(reply.header('set-cookie').join()).toMatch(/^__Host-sid=[^;]+;.*Secure/)
    })

    test('that nobody named, no session is started over http, and nothing is believed (PL-04)', async () => {
      const { port } = await signingIn(false)
      const foreign = await get(port, '/in', { method: 'POST', headers: forwarded })
      expect(foreign.status).toBe(403)
      const headers = [...forwarded.filter((line) => !line.startsWith('Origin')), 'Sec-Fetch-Site: same-origin']
      const reply = await get(port, '/in', { method: 'POST', headers })
      expect(reply.status).toBe(500)
      expect(reply.body.toString()).toContain('signIn needs')
      expect(reply.header('set-cookie')).toEqual([])
    })
  })
})
