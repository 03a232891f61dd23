import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/engine/wire.js'
import {
  COOKIE,
  DOWN,
  FakeExchange,
  get,
  type Handler,
  later,
  listen,
  NOTHING,
  named,
  type Reply,
  type Setting,
  type Stage,
  settings,
  staged,
} from './stage.js'

const folder = mkdtempSync(join(tmpdir(), 'held-'))
const small = join(folder, 'small.txt')
writeFileSync(small, 'a line of text that compresses well\n'.repeat(140))
afterAll(() => rmSync(folder, { recursive: true }))

const open: Stage[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((stage) => stage.close()))
})

interface Request {
  readonly method?: string
  readonly headers?: string[]
}

async function answer(
  setting: Setting,
  exchange: Exchange<unknown> | null,
  handler: Handler,
  request: Request = {},
): Promise<Reply> {
  const stage = await listen(staged(setting, exchange, handler))
  open.push(stage)
  return get(stage.port, '/', request)
}

type ExpressResponse = ServerResponse & {
  send(body: string): void
  redirect(status: number, url: string): void
  sendFile(path: string): void
  json(value: unknown): void
}
const express = (res: ServerResponse): ExpressResponse => res as ExpressResponse

interface Case {
  readonly title: string
  readonly handler: Handler
  readonly request?: Request
  /** Runs under Express only. */
  readonly express?: true
  /** Under compression the answer is cut off without us too. */
  readonly uncompressed?: true
}

const text = (res: ServerResponse): ServerResponse => res.setHeader('Content-Type', 'text/plain')

const cases: Case[] = [
  { title: 'end with a body', handler: (_req, res) => text(res).end('hello') },
  { title: 'end without a body', handler: (_req, res) => res.end() },
  {
    title: 'writeHead with a reason and an object',
    handler: (_req, res) =>
      res.writeHead(201, 'Made', { 'Content-Type': 'text/plain', 'X-Own': ['1', '2'] }).end('hello'),
  },
  {
    title: 'writeHead with a flat array',
    handler: (_req, res) => res.writeHead(202, ['Content-Type', 'text/plain', 'X-Own', '1']).end('hello'),
  },
  {
    title: 'two writes and an end',
    handler: (_req, res) => {
      text(res).write('one ')
      res.write(Buffer.from('two '))
      res.end('746872656565', 'hex')
    },
  },
  {
    title: 'a HEAD request',
    request: { method: 'HEAD' },
    handler: (_req, res) => {
      text(res).setHeader('Content-Length', 5)
      res.end('hello')
    },
  },
  { title: 'a 204', handler: (_req, res) => res.writeHead(204).end() },
  { title: 'a 304', handler: (_req, res) => res.writeHead(304, { ETag: '"1"' }).end() },
  {
    title: 'trailers',
    handler: (_req, res) => {
      text(res).setHeader('Trailer', 'X-Sum')
      res.write('body')
      res.addTrailers({ 'X-Sum': '42' })
      res.end()
    },
  },
  {
    title: 'early hints and 102 before the answer',
    handler: (_req, res) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload' })
      res.writeProcessing()
      text(res).end('hello')
    },
  },
  {
    title: 'early hints while the answer is held',
    handler: (_req, res) => {
      text(res)
      res.writeEarlyHints({ link: '</style.css>; rel=preload' })
      res.end('hello')
    },
  },
  {
    title: 'writes under cork',
    handler: (_req, res) => {
      text(res)
      res.cork()
      res.write('one')
      res.write('two')
      process.nextTick(() => {
        res.uncork()
        res.end()
      })
    },
  },
  {
    title: 'flushHeaders, and the body later',
    handler: (_req, res) => {
      text(res).flushHeaders()
      setImmediate(() => res.end('hello'))
    },
  },
  {
    title: 'a write, and the rest on later turns',
    handler: (_req, res) => {
      text(res).write('one')
      setImmediate(() => setImmediate(() => setImmediate(() => res.end('two'))))
    },
  },
  {
    title: 'a pipeline from an async generator',
    handler: async (_req, res) => {
      text(res)
      await pipeline(
        (async function* () {
          yield 'one '
          yield 'two '
          yield 'three'
        })(),
        res,
      )
    },
  },
  {
    title: 'a stream that is piped',
    handler: (_req, res) => {
      text(res)
      Readable.from(['one ', 'two ', 'three']).pipe(res)
    },
  },
  { title: 'res.send', express: true, handler: (_req, res) => express(res).send('hello') },
  { title: 'res.json', express: true, handler: (_req, res) => express(res).json({ hello: 'world' }) },
  { title: 'res.redirect', express: true, handler: (_req, res) => express(res).redirect(303, '/there') },
  { title: 'res.sendFile of 5 kB', express: true, handler: (_req, res) => express(res).sendFile(small) },
  {
    title: 'res.sendFile to a HEAD request',
    express: true,
    request: { method: 'HEAD' },
    handler: (_req, res) => express(res).sendFile(small),
  },
  {
    title: 'res.send, then throw',
    express: true,
    uncompressed: true,
    handler: (_req, res) => {
      express(res).send('ok')
      throw new Error('thrown after the answer')
    },
  },
  {
    title: 'res.send of what the client has (304)',
    express: true,
    request: { headers: ['If-None-Match: "1"'] },
    handler: (_req, res) => {
      res.setHeader('ETag', '"1"')
      express(res).send('hello')
    },
  },
  {
    title: 'an exception before anything was sent',
    express: true,
    handler: () => {
      throw Object.assign(new Error('no tea'), { status: 418, stack: 'no tea' })
    },
  },
]

const casesOf = ({ framework, squeeze }: Setting): Case[] =>
  cases.filter((one) => (!one.express || framework !== 'node:http') && (!one.uncompressed || squeeze === 'none'))

describe.each(settings().map((setting) => [named(setting), setting] as const))('%s', (_name, setting) => {
  describe('the answer is what it is without us', () => {
    test.each(casesOf(setting).map((one) => [one.title, one] as const))('%s', async (_title, { handler, request }) => {
      const without = await answer(setting, null, handler, request)
      const passed = await answer(setting, new FakeExchange(), handler, request)
      const held = await answer(setting, new FakeExchange(later(NOTHING), later(undefined)), handler, request)
      for (const reply of [passed, held]) {
        expect(reply.lines).toEqual(without.lines)
        expect(reply.body.toString()).toBe(without.body.toString())
        expect(reply.trailers).toEqual(without.trailers)
        if (setting.squeeze === 'none') expect(reply.raw).toBe(without.raw)
      }
    })
  })

  describe('with cookies there is nothing but the cookies and what caches are told (CK-15, PL-01)', () => {
    test.each(casesOf(setting).map((one) => [one.title, one] as const))('%s', async (_title, { handler, request }) => {
      const without = await answer(setting, null, handler, request)
      for (const exchange of [new FakeExchange(() => COOKIE), new FakeExchange(later(COOKIE), later(undefined))]) {
        const reply = await answer(setting, exchange, handler, request)
        expect(reply.header('set-cookie')).toEqual(COOKIE.cookies)
        expect(reply.header('cache-control')).toEqual(['no-store'])
        expect(reply.header('vary').join(', ')).toMatch(/(^|, )Cookie(,|$)/)
        const ours = /^(set-cookie|cache-control|vary):/i
        expect(reply.lines.filter((line) => !ours.test(line))).toEqual(without.lines.filter((line) => !ours.test(line)))
        expect(reply.body.toString()).toBe(without.body.toString())
        expect(exchange.settled).toBe(1)
        expect(exchange.finished).toBe(1)
      }
    })
  })

  describe('a refusal is all that leaves (PL-11)', () => {
    test.each(casesOf(setting).map((one) => [one.title, one] as const))('%s', async (_title, { handler, request }) => {
      for (const exchange of [new FakeExchange(() => DOWN), new FakeExchange(later(DOWN))]) {
        const tainted: Handler = (req, res) => {
          res.setHeader('Set-Cookie', ['app=1', 'app2=2'])
          res.setHeader('Content-Language', 'en')
          res.setHeader('Last-Modified', new Date(0).toUTCString())
          res.setHeader('X-Frame-Options', 'DENY')
          return handler(req, res)
        }
        const reply = await answer(setting, exchange, tainted, request)
        expect(reply.status).toBe(503)
        expect(reply.lines[0]).toBe('HTTP/1.1 503 Service Unavailable')
        expect(reply.header('retry-after')).toEqual(['5'])
        expect(reply.header('cache-control')).toEqual(['no-store'])
        expect(reply.header('content-type')).toEqual(['text/plain; charset=utf-8'])
        expect(reply.header('x-frame-options')).toEqual(['DENY'])
        for (const name of ['set-cookie', 'etag', 'last-modified', 'location', 'content-language', 'trailer']) {
          expect(reply.header(name)).toEqual([])
        }
        expect(reply.body.toString()).toBe(request?.method === 'HEAD' ? '' : DOWN.body)
      }
    })
  })
})
