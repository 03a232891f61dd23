import type { ServerResponse } from 'node:http'
import {
  connect,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import type { Exchange } from '../../src/engine/wire.js'
import { COOKIE, DOWN, FakeExchange, later } from './stage.js'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function answer(
  exchange: Exchange<unknown>,
  handler: (req: Http2ServerRequest, res: Http2ServerResponse) => unknown,
): Promise<{ headers: IncomingHttpHeaders & { ':status'?: number }; body: string }> {
  const server = createServer((req, res) => {
    hold(res as unknown as ServerResponse, exchange)
    handler(req, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  closing.push(
    () => client.destroy(),
    () => server.close(),
  )
  const stream = client.request({ ':path': '/' })
  const headers = new Promise<IncomingHttpHeaders>((resolve) => stream.on('response', resolve))
  let body = ''
  stream.on('data', (chunk) => {
    body += chunk
  })
  await new Promise<void>((resolve, reject) => stream.on('close', resolve).on('error', reject))
  return { headers: await headers, body }
}

describe('HTTP/2, by its compatibility API', () => {
  for (const [title, wrap] of [
    [
      'on the same tick',
      <T>(value: T) =>
        (): T =>
          value,
    ],
    ['after a while', later],
  ] as const) {
    test(`cookies are added, ${title} (CK-15)`, async () => {
      const { headers, body } = await answer(new FakeExchange(wrap(COOKIE), wrap(undefined)), (_req, res) => {
        res.setHeader('set-cookie', 'app=1')
        res.writeHead(201, { 'content-type': 'text/plain' })
        res.write('one ')
        res.end('two')
      })
      expect(headers[':status']).toBe(201)
      expect(headers['set-cookie']).toEqual(['app=1', ...COOKIE.cookies])
      expect(headers['cache-control']).toBe('no-store')
      expect(headers.vary).toBe('Cookie')
      expect(body).toBe('one two')
    })

    test(`a refusal is all that leaves, ${title} (PL-11)`, async () => {
      const { headers, body } = await answer(new FakeExchange(wrap(DOWN)), (_req, res) => {
        res.setHeader('set-cookie', 'app=1')
        res.write('one ')
        res.end('two')
      })
      expect(headers[':status']).toBe(503)
      expect(headers['set-cookie']).toBe(undefined)
      expect(body).toBe(DOWN.body)
    })
  }

  test('while it is held an answer says that it was sent, and nobody hangs up on it', async () => {
    const seen: unknown[] = []
    const { headers, body } = await answer(new FakeExchange(later(COOKIE)), (req, res) => {
      res.end('ok')
      seen.push(res.headersSent, res.writableEnded)
      expect(() => res.setHeader('x-late', '1')).toThrow(expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }))
      req.socket.destroy()
    })
    expect(seen).toEqual([true, true])
    expect(headers['set-cookie']).toEqual(COOKIE.cookies)
    expect(body).toBe('ok')
  })
})
