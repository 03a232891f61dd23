import { Readable } from 'node:stream'
import { createSessions, memoryStore, type Options, type Sessions } from 'holdfast'
import { sessionMiddleware } from 'holdfast/koa'
import { withSessions } from 'holdfast/node'
import Koa3 from 'koa'
import Koa2Typed from 'koa2'
import { afterEach, describe, expect, test } from 'vitest'
import { adapterKit, type Reply } from '../../src/testing/adapter-kit.js'
import { matches, SECRET, sendReply, served } from './serving.js'
import { compression, get, listen, type Reply as Read, type Stage } from './stage.js'

/** Its types are not those of Koa 3; what the tests use is the same. */
const Koa2 = Koa2Typed as unknown as typeof Koa3

const versions = [
  ['koa 2', Koa2],
  ['koa 3', Koa3],
] as const

/** The ways in which an app sends an answer under Koa. */
const WAYS = ['ctx.body', 'ctx.respond = false', 'compression before'] as const

for (const [name, Koa] of versions) {
  adapterKit({
    test,
    name,
    ways: WAYS,
    serve(sessions, routes, way) {
      const app = new Koa({ env: 'test' })
      app.silent = true
      app.use(sessionMiddleware(sessions))
      app.use(async (ctx, next) => {
        const route = routes.find((one) => matches(one, ctx.req))
        if (route === undefined) return next()
        const reply = await route.handle(sessions.of(ctx))
        if (way !== 'ctx.respond = false') return answer(ctx, reply)
        ctx.respond = false
        await sendReply(ctx.res, reply, 'setHeader')
      })
      const listener = app.callback()
      if (way !== 'compression before') return served(listener)
      return served((req, res) => compression({ threshold: 0 })(req, res, () => void listener(req, res)))
    },
  })
}

/** Koa's own way. What has no body is said to have none, and then has status 204 unless another is set after it. */
function answer(ctx: Koa3.Context, { status = 200, headers = [], body }: Reply): void {
  ctx.body = typeof body === 'object' ? Readable.from(body) : (body ?? null)
  ctx.status = status
  for (const [name, value] of headers) {
    if (name === 'Set-Cookie') ctx.append(name, value)
    else ctx.set(name, value)
  }
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

async function serve(listener: Parameters<typeof listen>[0]): Promise<Stage> {
  const stage = await listen(listener)
  closing.push(() => stage.close())
  return stage
}

const cookieOf = (reply: Read): string => `Cookie: ${reply.header('set-cookie')[0]?.split(';', 1)[0]}`

/** The names of the cookies that an answer sets. */
const setBy = (reply: Read): string[] =>
  reply
    .header('set-cookie')
    .filter((line) => /^[^=]+=[^;]/.test(line))
    .map((line) => line.split('=', 1)[0] ?? '')

const POST = ['Sec-Fetch-Site: same-origin', 'Content-Length: 0']

describe.each(versions)('sessionMiddleware under %s', (_name, Koa) => {
  function appWith(sessions: Sessions<Data>, ...middleware: Koa3.Middleware[]): Koa3 {
    const app = new Koa({ env: 'test' })
    app.silent = true
    app.use(sessionMiddleware(sessions))
    for (const one of middleware) app.use(one)
    return app
  }

  /** What one middleware answers to somebody who was signed in. */
  async function signedIn(middleware: Koa3.Middleware, options: Partial<Options<Data>> = {}): Promise<Read> {
    const sessions = sessionsWith(options)
    const app = appWith(sessions, async (ctx, next) => {
      if (ctx.path !== '/in') return middleware(ctx, next)
      await sessions.of(ctx).signIn('ada')
      ctx.status = 204
    })
    const { port } = await serve(app.callback())
    const cookie = cookieOf(await get(port, '/in', { method: 'POST', headers: POST }))
    return get(port, '/', { headers: [cookie] })
  }

  test('the session is found by ctx and by ctx.req, and under ctx.session, another property, or none', async () => {
    const seen: unknown[] = []
    for (const options of [{}, { property: 'visit' }, { property: false }] as const) {
      const sessions = sessionsWith(options)
      const app = appWith(sessions, (ctx) => {
        const session = sessions.of(ctx)
        expect(sessions.of(ctx.req)).toBe(session)
        seen.push(Object.keys(ctx).filter((key) => Reflect.get(ctx, key) === session))
        expect(Reflect.get(ctx.req, 'session')).toBe(undefined)
        ctx.body = 'hello'
      })
      expect((await get((await serve(app.callback())).port)).status).toBe(200)
    }
    expect(seen).toEqual([['session'], ['visit'], []])
  })

  test('a request that is to have no session gets none', async () => {
    const sessions = sessionsWith({ only: ({ url }) => url !== '/static?v=1' })
    const app = appWith(sessions, (ctx) => {
      expect(() => sessions.of(ctx)).toThrow(expect.objectContaining({ code: 'HOLDFAST_NO_SESSION' }))
      ctx.body = 'hello'
    })
    expect((await get((await serve(app.callback())).port, '/static?v=1')).body.toString()).toBe('hello')
  })

  test('mounted twice, and inside the listener of holdfast/node, it is one session and one cookie (CK-09)', async () => {
    const sessions = sessionsWith()
    const app = appWith(sessions, sessionMiddleware(sessions), (ctx) => {
      sessions.of(ctx).data.note = 'written'
      expect(ctx.session).toBe(sessions.of(ctx.req))
      ctx.body = 'hello'
    })
    for (const listener of [app.callback(), withSessions(sessions, app.callback())]) {
      const reply = await get((await serve(listener)).port)
      expect(reply.body.toString()).toBe('hello')
      expect(reply.header('set-cookie')).toHaveLength(1)
    }
  })

  test('paths are those that the client asked for, where Koa has rewritten them too', async () => {
    const sessions = sessionsWith({ crossSite: { except: ['/hooks/*'] } })
    const app = new Koa({ env: 'test' })
    app.use((ctx, next) => {
      ctx.path = ctx.path.replace('/hooks', '')
      return next()
    })
    app.use(sessionMiddleware(sessions))
    app.use((ctx) => {
      ctx.body = ctx.path
    })
    const { port } = await serve(app.callback())
    const foreign = ['Sec-Fetch-Site: cross-site', 'Content-Length: 0']
    expect((await get(port, '/hooks/paid', { method: 'POST', headers: foreign })).body.toString()).toBe('/paid')
  })

  test('a refusal is answered at once; what runs before finds it sent, and adds nothing (XS-01)', async () => {
    const seen: unknown[] = []
    const app = new Koa({ env: 'test' })
    app.on('error', (error) => seen.push(error))
    app.use(async (ctx, next) => {
      await next()
      seen.push(ctx.status)
      ctx.body = 'something else'
      ctx.set('X-Late', '1')
    })
    app.use(sessionMiddleware(sessionsWith()))
    app.use(() => {
      seen.push('a handler ran')
    })
    const { port } = await serve(app.callback())
    const foreign = ['Sec-Fetch-Site: cross-site', 'Content-Length: 0']
    const reply = await get(port, '/', { method: 'POST', headers: foreign })
    expect(reply.status).toBe(403)
    expect(reply.body.toString()).toContain('HOLDFAST_CROSS_SITE')
    expect(reply.header('x-late')).toEqual([])
    expect(seen).toEqual([403])
  })

  test('a mistake in the set-up goes where Koa’s errors go', async () => {
    const app = appWith(sessionsWith({ secret: undefined }))
    const seen: unknown[] = []
    app.on('error', (error) => seen.push(error.code))
    expect((await get((await serve(app.callback())).port)).status).toBe(500)
    expect(seen).toEqual(['HOLDFAST_SECRET'])
  })

  test('Koa’s own answer to an error takes every header off: the cookie of a sign-in goes with it (CK-15)', async () => {
    const sessions = sessionsWith()
    const app = appWith(sessions, async (ctx) => {
      ctx.set('X-Before', '1')
      await sessions.of(ctx).signIn('ada')
      ctx.throw(409, 'not quite')
    })
    const reply = await get((await serve(app.callback())).port, '/', { method: 'POST', headers: POST })
    expect([reply.status, reply.body.toString(), reply.header('x-before')]).toEqual([409, 'not quite', []])
    expect(reply.header('set-cookie').join()).toMatch(/^sid=[^;]{20,}/)
    expect(reply.header('cache-control')).toEqual(['no-store'])
  })

  test('an error of somebody who was recognised is as private as an answer (PL-02)', async () => {
    const reply = await signedIn((ctx) => {
      ctx.set('X-Before', '1')
      ctx.throw(404, `no order of ${Reflect.get(ctx, 'session').user}`)
    })
    expect([reply.status, reply.body.toString()]).toEqual([404, 'no order of ada'])
    expect(reply.header('cache-control')).toEqual(['private'])
  })

  test('an error after the body was set, and one that is answered before us (CK-15)', async () => {
    const sessions = sessionsWith()
    const app = new Koa({ env: 'test' })
    app.silent = true
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        if (ctx.path !== '/caught') throw error
        ctx.status = 418
        ctx.body = 'caught'
      }
    })
    app.use(sessionMiddleware(sessions))
    app.use(async (ctx) => {
      ctx.body = 'hello'
      await sessions.of(ctx).signIn('ada')
      throw new Error('it broke')
    })
    const { port } = await serve(app.callback())
    for (const [path, status] of [
      ['/', 500],
      ['/caught', 418],
    ] as const) {
      const reply = await get(port, path, { method: 'POST', headers: POST })
      expect(reply.status).toBe(status)
      expect(reply.body.toString()).not.toContain('hello')
      expect(setBy(reply)).toEqual(['sid'])
    }
  })

  test('a stream that breaks before its first piece is an error with the cookie (CK-15)', async () => {
    const sessions = sessionsWith()
    const app = appWith(sessions, async (ctx) => {
      await sessions.of(ctx).signIn('ada')
      ctx.body = new Readable({
        read() {
          this.destroy(new Error('it broke'))
        },
      })
    })
    const reply = await get((await serve(app.callback())).port, '/', { method: 'POST', headers: POST })
    // Koa 3 breaks the connection with the stream, with us and without.
    if (Koa === Koa2) expect([reply.status, setBy(reply)]).toEqual([500, ['sid']])
    else expect(reply.raw).toBe('')
    expect((await sessions.list('ada')).length).toBe(1)
  })

  test('an answer that is not modified, a redirect and HEAD keep what Koa makes of them (CK-15)', async () => {
    const sessions = sessionsWith()
    const app = appWith(sessions, (ctx) => {
      sessions.of(ctx).data.note = 'written'
      if (ctx.path === '/away') return ctx.redirect('/note')
      ctx.body = { note: sessions.of(ctx).data.note }
      ctx.etag = 'one'
      ctx.status = 200
      if (ctx.fresh) ctx.status = 304
    })
    const { port } = await serve(app.callback())
    const unmodified = await get(port, '/', { headers: ['If-None-Match: "one"'] })
    expect([unmodified.status, unmodified.header('etag'), unmodified.body.length]).toEqual([304, ['"one"'], 0])
    const away = await get(port, '/away')
    expect([away.status, away.header('location'), away.body.toString()]).toEqual([
      302,
      ['/note'],
      'Redirecting to /note.',
    ])
    const head = await get(port, '/', { method: 'HEAD' })
    expect([head.status, head.header('content-length'), head.body.length]).toEqual([200, ['18'], 0])
    for (const reply of [unmodified, away, head]) {
      expect(reply.header('set-cookie')).toHaveLength(1)
      expect(reply.header('cache-control')).toEqual(['no-store'])
    }
  })

  test('with ctx.respond = false the answer is held as any (CK-15)', async () => {
    const sessions = sessionsWith()
    const app = appWith(sessions, (ctx) => {
      sessions.of(ctx).data.note = 'written'
      ctx.respond = false
      setImmediate(() => ctx.res.writeHead(201, { 'Set-Cookie': 'app=1' }).end('by hand'))
    })
    const reply = await get((await serve(app.callback())).port)
    expect([reply.status, reply.body.toString()]).toEqual([201, 'by hand'])
    expect(setBy(reply)).toEqual(['app', 'vid'])
  })

  test('cookies that are set by ctx.cookies stay beside ours (CK-15)', async () => {
    const sessions = sessionsWith()
    const app = appWith(sessions, (ctx) => {
      ctx.cookies.set('theme', 'dark')
      sessions.of(ctx).data.note = 'written'
      ctx.cookies.set('lang', 'en')
      ctx.body = 'hello'
    })
    const reply = await get((await serve(app.callback())).port)
    expect(setBy(reply)).toEqual(['theme', 'lang', 'vid'])
  })

  describe('behind a proxy', () => {
    const forwarded = [
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: shop.example:8443',
      'X-Forwarded-For: 203.0.113.7',
      'Origin: https://shop.example:8443',
      'Content-Length: 0',
    ]
    const signingIn = async (proxy: boolean): Promise<Stage> => {
      const sessions = sessionsWith()
      const app = appWith(sessions, async (ctx) => {
        await sessions.of(ctx).signIn('ada')
        ctx.body = 'hello'
      })
      app.proxy = proxy
      return serve(app.callback())
    }

    test('that the app trusts, scheme and host with its port are what it says (PL-04)', async () => {
      const { port } = await signingIn(true)
      const reply = await get(port, '/', { method: 'POST', headers: forwarded })
      expect(reply.status).toBe(200)
      expect(reply.header('set-cookie').join()).toMatch(/^__Host-sid=[^;]+;.*Secure/)
    })

    test('that nobody named, no session is started over http, and nothing is believed (PL-04)', async () => {
      const { port } = await signingIn(false)
      expect((await get(port, '/', { method: 'POST', headers: forwarded })).status).toBe(403)
      const headers = [...forwarded.filter((line) => !line.startsWith('Origin')), 'Sec-Fetch-Site: same-origin']
      const reply = await get(port, '/', { method: 'POST', headers })
      expect([reply.status, reply.header('set-cookie')]).toEqual([500, []])
    })
  })
})
