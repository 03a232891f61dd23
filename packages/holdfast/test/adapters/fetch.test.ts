import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createSessions, memoryStore, type Options, type Sessions } from 'holdfast'
import { withSessions } from 'holdfast/fetch'
import { afterEach, describe, expect, test } from 'vitest'
import { adapterKit, type Reply } from '../../src/testing/adapter-kit.js'
import { matches, SECRET, served } from './serving.js'

const WAYS = ['new Response', 'a response that cannot be changed'] as const

adapterKit({
  test,
  name: 'fetch',
  ways: WAYS,
  finishes: false,
  cookiesOnError: false,
  serve(sessions, routes, way) {
    const handler = withSessions(
      sessions,
      async (request: Request, req: IncomingMessage) => {
        const route = routes.find((one) => matches(one, req))
        return route === undefined
          ? new Response('not found', { status: 404 })
          : responseOf(await route.handle(sessions.of(request)), way)
      },
      { peer: (_request, req) => req.socket.remoteAddress },
    )
    return served(async (req, res) => {
      try {
        await send(await handler(requestOf(req), req), res)
      } catch {
        res.statusCode = 500
        res.end('error')
      }
    })
  },
})

function responseOf({ status = 200, headers = [], body }: Reply, way: string): Response {
  const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) }
  const response = new Response(typeof body === 'object' ? streamOf(body) : (body ?? null), init)
  // What fetch answers, and `Response.redirect`, has headers that throw when they are changed.
  if (way !== 'new Response') {
    const refuse = (): never => {
      throw new TypeError('immutable')
    }
    Object.assign(response.headers, { append: refuse, set: refuse, delete: refuse })
  }
  return response
}

/** Asks for a piece only when somebody reads. */
function streamOf(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(Buffer.from(value))
      },
    },
    { highWaterMark: 0 },
  )
}

/** What a server for Web standard handlers does, in short. */
function requestOf(req: IncomingMessage): Request {
  const headers = new Headers()
  for (let i = 0; i < req.rawHeaders.length; i += 2)
    headers.append(req.rawHeaders[i] ?? '', req.rawHeaders[i + 1] ?? '')
  const { method = 'GET' } = req
  return new Request(`http://${req.headers.host}${req.url}`, { method, headers })
}

async function send(response: Response, res: ServerResponse): Promise<void> {
  res.statusCode = response.status
  for (const [name, value] of response.headers) res.appendHeader(name, value)
  if (response.body === null) res.end()
  else await pipeline(Readable.fromWeb(response.body as never), res)
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

const URL = 'https://shop.example/'

describe('withSessions of holdfast/fetch', () => {
  const write = (sessions: Sessions<Data>, request: Request): void => {
    sessions.of(request).data.note = 'written'
  }

  test('a redirect, whose headers cannot be changed, carries the cookie', async () => {
    const sessions = sessionsWith()
    const handler = withSessions(sessions, (request) => {
      write(sessions, request)
      return Response.redirect('https://shop.example/there', 303)
    })
    const response = await handler(new Request(URL))
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('https://shop.example/there')
    expect(response.headers.getSetCookie().join()).toMatch(/^__Host-vid=/)
  })

  test('a response that the handler uses for everybody is not changed (PL-23)', async () => {
    const sessions = sessionsWith()
    const shared = new Response(null, { status: 204, headers: [['Set-Cookie', 'app=1']] })
    const handler = withSessions(sessions, (request) => {
      write(sessions, request)
      return shared
    })
    const first = await handler(new Request(URL))
    const second = await handler(new Request(URL))
    expect(shared.headers.getSetCookie()).toEqual(['app=1'])
    expect(first.headers.getSetCookie()).toHaveLength(2)
    expect(second.headers.getSetCookie()).toHaveLength(2)
    expect(second.headers.getSetCookie()[1]).not.toBe(first.headers.getSetCookie()[1])
  })

  test('where there is nothing to add the very response is passed on', async () => {
    const own = new Response('hello')
    const handler = withSessions(sessionsWith(), () => own)
    expect(await handler(new Request(URL))).toBe(own)
  })

  test('a body that is streamed is passed on as it is', async () => {
    const sessions = sessionsWith()
    let read = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read += 1
          if (read > 3) controller.close()
          else controller.enqueue(Buffer.from(`${read} `))
        },
      },
      { highWaterMark: 0 },
    )
    const handler = withSessions(sessions, (request) => {
      write(sessions, request)
      return new Response(body, { status: 201, statusText: 'Made' })
    })
    const response = await handler(new Request(URL))
    expect([read, response.status, response.statusText]).toEqual([0, 201, 'Made'])
    expect(response.body).toBe(body)
    expect(await response.text()).toBe('1 2 3 ')
  })

  test('a response that cannot be made anew is passed on', async () => {
    const sessions = sessionsWith()
    const error = Response.error()
    const handler = withSessions(sessions, (request) => {
      write(sessions, request)
      return error
    })
    expect(await handler(new Request(URL))).toBe(error)
  })

  test('caches that have a header of their own are not told to store beside a cookie (PL-01)', async () => {
    const sessions = sessionsWith()
    const handler = withSessions(sessions, (request) => {
      write(sessions, request)
      return new Response('hello', {
        headers: { 'CDN-Cache-Control': 'max-age=600', Vary: '*', 'Cache-Control': 'no-transform' },
      })
    })
    const { headers } = await handler(new Request(URL))
    expect(headers.get('cache-control')).toBe('no-store, no-transform')
    expect(headers.get('cdn-cache-control')).toBe(null)
    expect(headers.get('vary')).toBe('*')
  })

  test('what the handler throws is thrown on', async () => {
    const mistake = new Error('thrown by the handler')
    const handler = withSessions(sessionsWith(), () => Promise.reject(mistake))
    await expect(handler(new Request(URL))).rejects.toBe(mistake)
  })

  test('one inside the other is one session, and one cookie (CK-09)', async () => {
    const sessions = sessionsWith()
    const inner = withSessions(sessions, (request) => {
      write(sessions, request)
      return new Response('hello')
    })
    const response = await withSessions(sessions, inner)(new Request(URL))
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test('a request that is to have no session gets none, and what else is handed over arrives', async () => {
    const sessions = sessionsWith({ only: ({ url }) => url !== '/static?v=1' })
    const handler = withSessions(sessions, (request, context: { readonly greeting: string }) => {
      expect(() => sessions.of(request)).toThrow(expect.objectContaining({ code: 'HOLDFAST_NO_SESSION' }))
      return new Response(context.greeting)
    })
    expect(await (await handler(new Request(`${URL}static?v=1`), { greeting: 'hello' })).text()).toBe('hello')
  })

  test('a cross-site request is refused before the handler (XS-01)', async () => {
    const handler = withSessions(sessionsWith(), () => expect.unreachable())
    const response = await handler(new Request(URL, { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } }))
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('HOLDFAST_CROSS_SITE')
  })

  test('a mistake in the set-up rejects', async () => {
    const handler = withSessions(sessionsWith({ secret: undefined }), () => new Response('hello'))
    await expect(handler(new Request(URL))).rejects.toMatchObject({ code: 'HOLDFAST_SECRET' })
  })
})
