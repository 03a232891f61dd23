import { randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import type { Answer } from '../../src/engine/wire.js'
import {
  COOKIE,
  exchangeBytes,
  FakeExchange,
  gate,
  get,
  type Handler,
  later,
  NOTHING,
  plainSetting,
  type Setting,
  serve,
  until,
} from './stage.js'

const folder = mkdtempSync(join(tmpdir(), 'held-'))
const large = join(folder, 'large.bin')
const LARGE = 13 * 1024 * 1024
// Nothing that compresses: what compression keeps to itself would not be seen.
writeFileSync(large, randomBytes(LARGE))
afterAll(() => rmSync(folder, { recursive: true }))

/** What can be read of a chunked and compressed answer whose end has not come yet. */
function decodedSoFar(bytes: Buffer): string {
  const parts: Buffer[] = []
  let at = bytes.indexOf('\r\n\r\n') + 4
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (lineEnd < 0 || lineEnd + 2 + size > bytes.length) break
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return gunzipSync(Buffer.concat(parts), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
}

describe('rule 7: what works stays as it is', () => {
  test('callbacks of writes and of the end come in order', async () => {
    const calls: number[] = []
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(NOTHING)))
      res.write('a', () => calls.push(1))
      res.write('b', 'utf8', () => calls.push(2))
      res.on('finish', () => calls.push(3))
      res.end('c', () => calls.push(4))
    })
    expect((await get(stage.port)).body.toString()).toBe('abc')
    await until(() => calls.length === 4)
    expect(calls).toEqual([1, 2, 3, 4])
  })

  test('an event stream under compression is flushed when the app says so', async () => {
    const got = gate<string>()
    const setting: Setting = { ...plainSetting, squeeze: 'before' }
    const handler: Handler = (_req, res) => {
      res.setHeader('Content-Type', 'text/event-stream')
      res.write('data: 1\n\n')
      ;(res as ServerResponse & { flush(): void }).flush()
    }
    const stage = await serve(handler, setting, new FakeExchange(later(NOTHING)))
    const client = connect(stage.port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n')
    const chunks: Buffer[] = []
    client.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      const text = decodedSoFar(Buffer.concat(chunks))
      if (text !== '') got.open(text)
    })
    expect(await got.promise).toBe('data: 1\n\n')
    client.destroy()
  })

  test('a client that leaves while its answer is held: the handler is told, and what it wrote is committed', async () => {
    const settle = gate<Answer>()
    const exchange = new FakeExchange(() => settle.promise)
    const closed = gate()
    const stage = await serve((_req, res) => {
      hold(res, exchange)
      res.on('close', () => closed.open())
      res.write('one')
      res.end('two')
    })
    const client = connect(stage.port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => exchange.settled === 1)
    client.destroy()
    await closed.promise
    settle.open(COOKIE)
    await until(() => exchange.finished === 1)
  })

  test('a client that leaves before anything was sent: what the handler wrote is committed', async () => {
    const exchange = new FakeExchange(later(NOTHING), later(undefined))
    let held = false
    const stage = await serve((_req, res) => {
      hold(res, exchange)
      held = true
    })
    const client = connect(stage.port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => held)
    client.destroy()
    await until(() => exchange.settled === 1 && exchange.finished === 1)
  })

  test('a client that leaves in the middle of a stream: what was written last is committed', async () => {
    const exchange = new FakeExchange(later(NOTHING), later(undefined))
    const stage = await serve((_req, res) => {
      hold(res, exchange)
      res.write('one')
    })
    const client = connect(stage.port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await new Promise((resolve) => client.once('data', resolve))
    client.destroy()
    await until(() => exchange.finished === 1)
    expect(exchange.settled).toBe(1)
  })

  test('a pipeline that breaks while it is held is told so', async () => {
    const settle = gate<Answer>()
    const exchange = new FakeExchange(() => settle.promise)
    const broke = gate<unknown>()
    const stage = await serve((_req, res) => {
      hold(res, exchange)
      pipeline(createReadStream(large), res).catch(broke.open)
    })
    const client = connect(stage.port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => exchange.settled === 1)
    client.destroy()
    expect(await broke.promise).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    settle.open(NOTHING)
  })

  test('a body of the wrong length breaks the connection, and nothing else', async () => {
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(NOTHING)))
      res.strictContentLength = true
      res.setHeader('Content-Length', 3)
      res.end('four')
    })
    expect((await exchangeBytes(stage.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).length).toBe(0)
  })
})
