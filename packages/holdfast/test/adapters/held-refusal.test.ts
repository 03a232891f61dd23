import { randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, type ReadStream, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import type { Answer, Refusal } from '../../src/engine/wire.js'
import {
  DOWN,
  exchangeBytes,
  FakeExchange,
  gate,
  get,
  type Handler,
  later,
  NOTHING,
  plainSetting,
  serve,
  until,
} from './stage.js'

const folder = mkdtempSync(join(tmpdir(), 'held-'))
const large = join(folder, 'large.bin')
const LARGE = 13 * 1024 * 1024
// Nothing that compresses: what compression keeps to itself would not be seen.
writeFileSync(large, randomBytes(LARGE))
afterAll(() => rmSync(folder, { recursive: true }))

describe('rule 6: a refusal is the whole answer', () => {
  test('later writes, callbacks and ends of the old answer come to rest', async () => {
    const calls: string[] = []
    const seen: unknown[] = []
    const ended = gate()
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(DOWN)))
      res.write('old', () => calls.push('first write'))
      res.once('drain', () => {
        calls.push('drain')
        seen.push(res.headersSent)
        seen.push(res.write('older', () => calls.push('second write')))
        res.end('oldest', () => {
          calls.push('end')
          ended.open()
        })
      })
    })
    const reply = await get(stage.port)
    await ended.promise
    expect(reply.status).toBe(503)
    expect(reply.body.toString()).toBe(DOWN.body)
    expect(seen).toEqual([true, true])
    expect(calls).toEqual(['first write', 'drain', 'second write', 'end'])
  })

  for (const squeeze of ['none', 'before', 'after'] as const) {
    test(`a pipeline is told, and its file closed, compression ${squeeze}`, async () => {
      let source: ReadStream | undefined
      const handler: Handler = (_req, res) => {
        res.setHeader('Content-Type', 'text/plain')
        source = createReadStream(large)
        return pipeline(source, res).catch((error: NodeJS.ErrnoException) => codes.push(error.code))
      }
      const codes: unknown[] = []
      const stage = await serve(handler, { ...plainSetting, squeeze }, new FakeExchange(later(DOWN)))
      const reply = await get(stage.port)
      expect(reply.status).toBe(503)
      expect(reply.body.toString()).toBe(DOWN.body)
      await until(() => source?.destroyed === true && codes.length === 1)
      expect(codes).toEqual(['ERR_STREAM_PREMATURE_CLOSE'])
    })
  }

  test('the head of a handler that comes late is ignored too', async () => {
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(() => DOWN))
      res.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': 'app=1' })
      res.end('hello')
    })
    const reply = await get(stage.port)
    expect(reply.status).toBe(503)
    expect(reply.header('set-cookie')).toEqual([])
    expect(reply.body.toString()).toBe(DOWN.body)
  })

  test('a connection that was kept open can be used again', async () => {
    let requests = 0
    const stage = await serve((_req, res) => {
      requests += 1
      hold(res, new FakeExchange(later<Answer | Refusal>(requests === 1 ? DOWN : NOTHING)))
      res.write('hello ')
      res.end('world')
    })
    const bytes = await exchangeBytes(
      stage.port,
      'GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    )
    const text = bytes.toString()
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 200'])
  })
})
