import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Request, type Response } from 'express'
import { createSessions, memoryStore, type Sessions } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { obtain } from '../../scripts/services/obtain.js'
import { programs } from '../../scripts/services/programs.js'
import { type CachingProxy, startNginx } from './nginx.js'

const WAYS = {
  'as it comes': '',
  // RFC 9111 section 7.3: a Set-Cookie does not keep an answer from being stored. Only what we say to caches does.
  'that does not mind Set-Cookie': 'proxy_ignore_headers Set-Cookie;',
  'that minds nothing': 'proxy_ignore_headers Set-Cookie Cache-Control Expires Vary;',
} as const

type Way = keyof typeof WAYS

const nginx = await obtain('nginx', programs.nginx)

interface Data {
  count: number
}

/** A shop that says of everything that caches may keep it. */
function shop(sessions: Sessions<Data>): Server {
  let made = 0
  const publicly = (res: Response, text: string): unknown =>
    res.set('Cache-Control', 'public, max-age=60, s-maxage=600').send(`${text} ${(made += 1)}`)
  const app = express()
  app.use(sessionMiddleware(sessions))
  app.post('/in/:user', async (req, res) => {
    await sessions.of(req).signIn(String(req.params.user))
    publicly(res, 'in')
  })
  app.get('/count/:page', (req: Request, res: Response) => {
    const { data } = sessions.of(req)
    data.count = (data.count ?? 0) + 1
    publicly(res, 'counted')
  })
  app.get('/step-up/:page', async (req: Request, res: Response) => {
    await sessions.of(req).stepUp()
    publicly(res, 'stepped up')
  })
  app.get('/me/:page', (req: Request, res: Response) => void res.send(`for ${sessions.of(req).user}`))
  app.get('/public/:page', (_req: Request, res: Response) => void publicly(res, 'for everybody'))
  return createServer(app)
}

describeOn(nginx, 'behind nginx that caches', ({ path }) => {
  const sessions = createSessions<Data>({
    secret: 'Jm5Xc8Rv2Tn9Qp4Zk7Lw3Hs6Db1Gy0FeUiOaAoIuEjVq',
    store: memoryStore(),
    proxies: 1,
    sweep: false,
    log: () => undefined,
  })
  const server = shop(sessions)
  let proxy: CachingProxy | undefined
  let pages = 0

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    proxy = await startNginx(path, (server.address() as AddressInfo).port, WAYS)
  })

  afterAll(async () => {
    await proxy?.stop()
    server.closeAllConnections()
    server.close()
    await sessions.close()
  })

  interface Seen {
    readonly body: string
    readonly cache: string | null
    readonly cookies: readonly string[]
  }

  async function ask(way: Way, path: string, cookie?: string, method = 'GET'): Promise<Seen> {
    const headers = { 'sec-fetch-site': 'same-origin', ...(cookie === undefined ? {} : { cookie }) }
    const answer = await fetch(`${proxy?.urls[way]}${path}`, { method, headers })
    expect(answer.status).toBe(200)
    return { body: await answer.text(), cache: answer.headers.get('x-cache'), cookies: answer.headers.getSetCookie() }
  }

  /** The cookie of somebody who has signed in through the proxy. */
  async function signIn(way: Way, user: string): Promise<string> {
    const { cookies } = await ask(way, `/in/${user}`, undefined, 'POST')
    const line = cookies.find((one) => one.startsWith('__Host-sid=')) ?? ''
    return line.split(';', 1)[0] ?? ''
  }

  /** A page that nobody has asked for. */
  const page = (kind: string): string => `/${kind}/${(pages += 1)}`

  describe.each(['as it comes', 'that does not mind Set-Cookie'] as const)('%s', (way) => {
    test('no cookie of one visitor reaches another, though the app calls the answer public (PL-01)', async () => {
      const path = page('count')
      const answers = []
      for (let n = 0; n < 4; n++) answers.push(await ask(way, path))
      const lines = answers.flatMap(({ cookies }) => cookies)
      expect(lines).toHaveLength(4)
      expect(new Set(lines).size).toBe(4)
      expect(answers.map(({ cache }) => cache)).not.toContain('HIT')
    })

    test('no new cookie of one user reaches another (PL-01)', async () => {
      const [ada, eve] = [await signIn(way, 'ada'), await signIn(way, 'eve')]
      const path = page('step-up')
      const own = [await ask(way, path, ada), await ask(way, path, eve)]
      const values = own.map(({ cookies }) => cookies.find((line) => line.startsWith('__Host-sid=')) ?? '')
      expect(values.every((line) => line.length > 60)).toBe(true)
      for (const [n, user] of ['ada', 'eve'].entries()) {
        expect((await ask(way, page('me'), values[n]?.split(';', 1)[0])).body).toBe(`for ${user}`)
      }
    })

    test('no page of one user reaches another, or a stranger (PL-02)', async () => {
      const [ada, eve] = [await signIn(way, 'ada'), await signIn(way, 'eve')]
      const path = page('me')
      const bodies = []
      for (const cookie of [ada, eve, ada, undefined]) bodies.push((await ask(way, path, cookie)).body)
      expect(bodies).toEqual(['for ada', 'for eve', 'for ada', 'for null'])
    })

    test('what the app marks public is kept, whoever asks', async () => {
      const [ada, eve] = [await signIn(way, 'ada'), await signIn(way, 'eve')]
      const path = page('public')
      const answers = []
      for (const cookie of [ada, eve, undefined]) answers.push(await ask(way, path, cookie))
      expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
      expect(answers.map(({ cache }) => cache)).toEqual(['MISS', 'HIT', 'HIT'])
    })
  })

  test('that minds nothing, it leaks both: so these tests would see it', async () => {
    const way = 'that minds nothing'
    const cookie = page('count')
    const first = await ask(way, cookie)
    expect(first.cookies).toHaveLength(1)
    expect(await ask(way, cookie)).toEqual({ ...first, cache: 'HIT' })
    const path = page('me')
    expect((await ask(way, path, await signIn(way, 'ada'))).body).toBe('for ada')
    expect((await ask(way, path, await signIn(way, 'eve'))).body).toBe('for ada')
    expect((await ask(way, path)).body).toBe('for ada')
  })
})
