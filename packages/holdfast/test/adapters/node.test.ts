import type { RequestListener, ServerResponse } from 'node:http'
import { connect, createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createSessions, memoryStore, type Options, type Session, type Sessions } from 'holdfast'
import { withSessions } from 'holdfast/node'
import { cookieFor } from 'holdfast/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { adapterKit } from '../../src/testing/adapter-kit.js'
import { matches, SECRET, sendReply, served, WAYS } from './serving.js'
import { compression, gate, get, listen, type Stage } from './stage.js'

adapterKit({
  test,
  name: 'node:http',
  ways: WAYS,
  async serve(sessions, routes, way) {
    const app: RequestListener = withSessions(sessions, async (req, res) => {
      try {
        const route = routes.find((one) => matches(one, req))
        const reply = route === undefined ? { status: 404, body: 'not found' } : await route.handle(sessions.of(req))
        const answer = (): unknown => sendReply(res, reply, way)
        await (way === 'compression after' ? compression({ threshold: 0 })(req, res, answer) : answer())
      } catch {
        res.statusCode = 500
        res.end('error')
      }
    })
    if (way !== 'compression before') return served(app)
    return served((req, res) => compression({ threshold: 0 })(req, res, () => app(req, res)))
  },
})

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

async function serve(listener: RequestListener): Promise<Stage> {
  const stage = await listen(listener)
  closing.push(() => stage.close())
  return stage
}

describe('an answer whose arguments are the first to touch the session', () => {
  interface Asked {
    list: string[]
    likes: number
  }
  const answers: [string, (res: ServerResponse, session: Session<Asked>) => void][] = [
    ['end, reading an object', (res, session) => void res.end(JSON.stringify(session.data.list ?? ['a']))],
    ['end, assigning', (res, session) => void res.end(String((session.data.likes = 1)))],
    [
      'write, assigning',
      (res, session) => {
        res.write(String((session.data.likes = 1)))
        res.end()
      },
    ],
    [
      'writeHead, assigning',
      (res, session) => {
        res.writeHead(200, { 'x-likes': String((session.data.likes = 1)) })
        res.end('1')
      },
    ],
  ]
  test.each(answers)('%s', async (title, answer) => {
    const sessions = createSessions<Asked>({ secret: SECRET, store: memoryStore(), sweep: false, log: () => undefined })
    closing.push(() => sessions.close())
    const headers = await cookieFor(sessions, 'ada', { data: { list: ['a'] } })
    const stage = await serve(withSessions(sessions, (req, res) => answer(res, sessions.of(req))))
    const known = await get(stage.port, '/', { headers: [`Cookie: ${headers.cookie}`] })
    expect([known.status, known.body.toString()]).toEqual([200, title.includes('object') ? '["a"]' : '1'])
    const visitor = await get(stage.port)
    expect(visitor.status).toBe(200)
    expect(visitor.header('set-cookie')).toHaveLength(title.includes('object') ? 0 : 1)
  })
})

/** What the process is told, in place of the runner. */
async function told(event: 'uncaughtException' | 'unhandledRejection', act: () => Promise<unknown>): Promise<unknown> {
  const others = process.rawListeners(event)
  process.removeAllListeners(event)
  const error = gate<unknown>()
  process.once(event, error.open)
  try {
    const pending = act()
    pending.catch(() => undefined)
    return await error.promise
  } finally {
    process.removeAllListeners(event)
    for (const other of others) process.on(event, other as () => void)
  }
}

describe('withSessions of holdfast/node', () => {
  test('the session is under req.session, under another property, or under none', async () => {
    const seen: unknown[] = []
    for (const options of [{}, { property: 'visit' }, { property: false }] as const) {
      const sessions = sessionsWith(options)
      const stage = await serve(
        withSessions(sessions, (req, res) => {
          seen.push(Object.keys(req).filter((key) => Reflect.get(req, key) === sessions.of(req)))
          res.end()
        }),
      )
      await get(stage.port)
    }
    expect(seen).toEqual([['session'], ['visit'], []])
  })

  test('a request that is to have no session gets none', async () => {
    const sessions = sessionsWith({ only: ({ url }) => url !== '/static?v=1' })
    const stage = await serve(
      withSessions(sessions, (req, res) => {
        expect(() => sessions.of(req)).toThrow(expect.objectContaining({ code: 'HOLDFAST_NO_SESSION' }))
        res.end('hello')
      }),
    )
    expect((await get(stage.port, '/static?v=1')).body.toString()).toBe('hello')
  })

  test('one inside the other is one session, and one cookie (CK-09)', async () => {
    const sessions = sessionsWith()
    const inner = withSessions(sessions, (req, res) => {
      sessions.of(req).data.note = 'written'
      res.end()
    })
    const stage = await serve(withSessions(sessions, inner))
    expect((await get(stage.port)).header('set-cookie')).toHaveLength(1)
  })

  test('two instances have a session and a cookie each', async () => {
    const site = sessionsWith()
    const admin = sessionsWith({ property: false, cookie: { user: 'admin-sid', visitor: 'admin-vid' } })
    const inner = withSessions(admin, (req, res) => {
      site.of(req).data.note = 'of the site'
      admin.of(req).data.note = 'of its admin'
      res.end()
    })
    const stage = await serve(withSessions(site, inner))
    const names = (await get(stage.port)).header('set-cookie').map((line) => line.split('=', 1)[0])
    expect(names).toEqual(['vid', 'admin-vid'])
  })

  test('what a listener throws is an uncaught exception, as without us', async () => {
    const mistake = new Error('thrown by the listener')
    const stage = await serve(
      withSessions(sessionsWith(), () => {
        throw mistake
      }),
    )
    expect(await told('uncaughtException', () => get(stage.port))).toBe(mistake)
  })

  test('what a listener rejects with is an unhandled rejection, as without us', async () => {
    const mistake = new Error('rejected by the listener')
    const stage = await serve(withSessions(sessionsWith(), () => Promise.reject(mistake)))
    expect(await told('unhandledRejection', () => get(stage.port))).toBe(mistake)
  })

  test('without a secret the client gets 500, and the process is told', async () => {
    const stage = await serve(withSessions(sessionsWith({ secret: undefined }), (_req, res) => res.end('hello')))
    let status = 0
    const error = await told('unhandledRejection', async () => {
      status = (await get(stage.port)).status
    })
    expect(error).toMatchObject({ code: 'HOLDFAST_SECRET' })
    await expect.poll(() => status).toBe(500)
  })
})

describe('HTTP/2, by its compatibility API', () => {
  test('cookies, several lines of them, and the guard by :authority (CR-03, XS-04)', async () => {
    const sessions = sessionsWith()
    const server = createServer(
      withSessions(sessions, async (req, res) => {
        const session = sessions.of(req)
        if (req.method === 'POST') await session.signIn('ada')
        res.end(session.user ?? 'nobody')
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = connect(origin)
    closing.push(
      () => client.destroy(),
      () => server.close(),
    )
    const ask = async (headers: OutgoingHttpHeaders): Promise<{ headers: IncomingHttpHeaders; body: string }> => {
      const stream = client.request({ ':path': '/', ...headers })
      const head = new Promise<IncomingHttpHeaders>((resolve) => stream.on('response', resolve))
      let body = ''
      stream.on('data', (piece) => {
        body += piece
      })
      await new Promise((resolve) => stream.on('close', resolve))
      return { headers: await head, body }
    }
    expect((await ask({ ':method': 'POST', origin: 'http://evil.example' })).headers[':status']).toBe(403)
    const answer = await ask({ ':method': 'POST', origin })
    expect(answer.body).toBe('ada')
    const [line = ''] = answer.headers['set-cookie'] ?? []
    expect(line).toMatch(/^sid=/)
    expect((await ask({ cookie: ['other=1', line.split(';', 1)[0] ?? ''] })).body).toBe('ada')
  })
})
