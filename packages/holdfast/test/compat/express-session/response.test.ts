import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2'
import { createServer as createHttps, get as httpsGet } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { createSessions, memoryStore } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../../adapters/certificate.js'
import { compression, gate, get, listen, until } from '../../adapters/stage.js'
import { frameworks, listener, type Next, type Req, SECRET, site } from './site.js'
import { ours } from './subjects.js'

describe.each(frameworks)('a response keeps the contract of Node, on %s', (framework) => {
  test.each([
    ['end(callback)', (res: ServerResponse, done: () => void) => res.end(done), ''],
    ['end(chunk, callback)', (res: ServerResponse, done: () => void) => res.end('hello', done), 'hello'],
    [
      'end(chunk, encoding, callback)',
      (res: ServerResponse, done: () => void) => res.end('68656c6c6f', 'hex', done),
      'hello',
    ],
  ])('%s calls back, answers the response, and a second end throws nothing', async (_name, end, body) => {
    const seen: unknown[] = []
    const served = await site(ours, {
      framework,
      handler: (req, res) => {
        req.session.user = 'ada'
        seen.push(end(res, () => seen.push('called back')) === res)
        seen.push(res.end() === res)
      },
    })
    const reply = await served.visit()
    expect(reply.body.toString()).toBe(body)
    expect(reply.header('set-cookie')).toHaveLength(1)
    await until(() => seen.length === 3)
    expect(seen).toEqual([true, true, 'called back'])
  })

  test.each(['before', 'after'] as const)('write and end that somebody has patched %s', async (place) => {
    const patched = (res: ServerResponse): void => {
      const { write, end } = res
      let hasEnded = false
      Reflect.set(res, 'end', (...args: unknown[]) => {
        hasEnded = true
        return Reflect.apply(end, res, args)
      })
      Reflect.set(res, 'write', (...args: unknown[]) => {
        if (hasEnded) throw new Error('write after end')
        return Reflect.apply(write, res, args)
      })
    }
    const served = await site(ours, {
      framework,
      before: (_req, res) => {
        if (place === 'before') patched(res)
      },
      handler: (req, res) => {
        if (place === 'after') patched(res)
        req.session.user = 'ada'
        if (req.url === '/streamed') res.write('hello, ')
        res.end('world')
      },
    })
    expect((await served.visit()).body.toString()).toBe('world')
    expect((await served.visit('/streamed', { cookie: null })).body.toString()).toBe('hello, world')
    expect(served.log).toEqual(['set', 'set'])
  })

  test('a header after end() throws what Node throws', async () => {
    const codes: unknown[] = []
    const served = await site(ours, {
      framework,
      handler: (req, res) => {
        req.session.user = 'ada'
        res.end()
        try {
          res.setHeader('X-Late', '1')
        } catch (error) {
          codes.push((error as { code?: string }).code)
        }
      },
    })
    await served.visit()
    expect(codes).toEqual(['ERR_HTTP_HEADERS_SENT'])
  })

  test.each([
    ['a BigInt', () => 1n],
    [
      'a cycle',
      () => {
        const cycle: { self?: unknown } = {}
        cycle.self = cycle
        return cycle
      },
    ],
  ])('data that is not JSON (%s) is an error to next and 500, not a hang', async (_name, make) => {
    const served = await site(ours, {
      framework,
      handler: (req, res) => {
        req.session.value = make()
        res.end('as if all were well')
      },
    })
    const reply = await served.visit()
    expect(reply.status).toBe(500)
    expect(reply.body.toString()).toBe('Internal Server Error\n')
    expect(reply.header('set-cookie')).toEqual([])
    await until(() => served.errors.length === 1)
    expect(served.store.sessions).toEqual({})
  })

  test('data that is not JSON after the head was sent is an error to next, and the body is whole', async () => {
    const served = await site(ours, {
      framework,
      handler: (req, res) => {
        res.write('hello, ')
        req.session.value = 1n
        res.end('world')
      },
    })
    expect((await served.visit()).body.toString()).toBe('hello, world')
    await until(() => served.errors.length === 1)
  })

  test('req.session as a plain object is an error to next and 500, not a hang', async () => {
    const served = await site(ours, {
      framework,
      handler: (req, res) => {
        Reflect.set(req, 'session', { user: 'ada' })
        res.end()
      },
    })
    expect((await served.visit()).status).toBe(500)
    await until(() => served.errors.length === 1)
  })

  test('where the client leaves and nothing is ended, nothing is stored; what is ended later is', async () => {
    const left = gate()
    const late = gate<() => void>()
    const served = await site(ours, {
      framework,
      handler: (req, res) => {
        req.session.user = 'ada'
        res.on('close', () => left.open())
        late.open(() => res.end())
        socket.destroy()
      },
    })
    const socket = connect(served.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await left.promise
    expect(served.log).toEqual([])
    const end = await late.promise
    end()
    await until(() => served.log.length === 1)
    expect(served.log).toEqual(['set'])
  })
})

describe.each(['before', 'after'] as const)('with compression %s', (place) => {
  test('the body is whole and the cookie is there', async () => {
    const squeeze = compression({ threshold: 0 })
    const middleware = ours({ secret: SECRET, resave: false, saveUninitialized: false })
    const chain = (req: IncomingMessage, res: ServerResponse, next: Next): void => {
      if (place === 'before') squeeze(req, res, () => middleware(req, res, next))
      else middleware(req, res, () => squeeze(req, res, next))
    }
    const handler = (req: Req, res: ServerResponse): void => {
      req.session.user = 'ada'
      res.setHeader('Content-Type', 'text/plain')
      res.write('hello, ')
      res.end('world')
    }
    const errors: string[] = []
    const { port, close } = await listen(listener('express 5', chain, { handler }, errors))
    onTestFinished(close)
    const reply = await get(port)
    expect(reply.header('content-encoding')).toEqual(['gzip'])
    expect(reply.body.toString()).toBe('hello, world')
    expect(reply.header('set-cookie')).toHaveLength(1)
  })
})

test('HTTP/2: the session is stored and its cookie sent', async () => {
  const middleware = ours({ secret: SECRET, resave: false, saveUninitialized: false })
  const server = createHttp2((req, res) => {
    // HTTP/2's compatibility API is that of node:http as far as it is used.
    const message = req as unknown as Req
    middleware(message, res as unknown as ServerResponse, () => {
      const { user } = message.session
      message.session.user = 'ada'
      res.end(String(user))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    client.close()
    await new Promise((resolve) => server.close(resolve))
  })
  const ask = (cookie?: string): Promise<{ body: string; cookie: string | undefined }> =>
    new Promise((resolve, reject) => {
      const stream = client.request(cookie === undefined ? { ':path': '/' } : { ':path': '/', cookie })
      let body = ''
      let sent: string | undefined
      stream.on('response', (headers) => {
        sent = headers['set-cookie']?.[0]?.split(';', 1)[0]
      })
      stream.on('data', (chunk) => {
        body += chunk
      })
      stream.on('end', () => resolve({ body, cookie: sent }))
      stream.on('error', reject)
    })
  const first = await ask()
  expect(first).toEqual({ body: 'undefined', cookie: expect.stringMatching(/^connect\.sid=s%3A/) })
  expect(await ask(first.cookie)).toEqual({ body: 'ada', cookie: undefined })
})

test('an encrypted connection is secure whatever proxy says', async () => {
  const middleware = ours({
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
    proxy: false,
    cookie: { secure: true },
  })
  const handler = (req: Req, res: ServerResponse): void => {
    req.session.user = 'ada'
    res.end()
  }
  const server = createHttps(selfSigned(), listener('node:http', middleware, { handler }, []))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const cookies = await new Promise((resolve, reject) => {
    httpsGet({ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false }, (reply) => {
      reply.resume()
      resolve(reply.headers['set-cookie'])
    }).on('error', reject)
  })
  expect(cookies).toEqual([expect.stringContaining('; Secure')])
})

describe('a cookie that cannot be sent', () => {
  const insecure = { cookie: { secure: true } }

  test('leaves no record behind, and why is said once', async () => {
    const warnings: (string | undefined)[] = []
    const warned = (warning: Error & { code?: string }): unknown => warnings.push(warning.code)
    process.on('warning', warned)
    onTestFinished(() => void process.off('warning', warned))
    const served = await site(ours, {
      options: insecure,
      handler: (req, res) => {
        if (req.url !== '/read') req.session.user = 'ada'
        res.end('sent')
      },
    })
    await served.visit('/read')
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
    for (let i = 0; i < 3; i += 1) {
      const reply = await served.visit()
      expect([reply.body.toString(), reply.header('set-cookie')]).toEqual(['sent', []])
    }
    expect(served.log).toEqual([])
    expect(warnings).toEqual(['HOLDFAST_INSECURE'])
  })

  test('is stored where the handler says so by save()', async () => {
    const served = await site(ours, {
      options: insecure,
      handler: (req, res) => {
        req.session.save(() => res.end())
      },
    })
    await served.visit()
    expect(served.log).toEqual(['set'])
  })
})

test('beside the native adapter each sets its own cookie', async () => {
  const sessions = createSessions<{ note: string }>({
    secret: 'Vh3Kd8Rz1Wq6Mx4Bn9Tf2Lc7Yp5Gs0JjEuAoIiXvUeQt',
    store: memoryStore(),
    sweep: false,
    property: false,
    log: () => undefined,
  })
  onTestFinished(() => sessions.close())
  const native = sessionMiddleware(sessions)
  const served = await site(ours, {
    framework: 'express 5',
    handler: (req, res, next) => {
      req.session.user = 'ada'
      native(req, res, () => {
        sessions.of(req).data.note = 'written'
        res.end()
        next
      })
    },
  })
  const names = (await served.visit()).header('set-cookie').map((line) => line.split('=', 1)[0])
  expect(names.sort()).toEqual(['connect.sid', expect.stringContaining('vid')])
})
