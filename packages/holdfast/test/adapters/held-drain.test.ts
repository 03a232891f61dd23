import { randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, type ReadStream, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import type { Answer } from '../../src/engine/wire.js'
import {
  COOKIE,
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

describe('rule 2: a held write answers false, and drain comes', () => {
  for (const squeeze of ['none', 'before', 'after'] as const) {
    test(`a pipe of 13 MB, compression ${squeeze}: no more than one chunk is held`, async () => {
      const settle = gate<Answer>()
      let source: ReadStream | undefined
      const handler: Handler = (_req, res) => {
        res.setHeader('Content-Type', 'text/plain')
        source = createReadStream(large)
        source.pipe(res)
      }
      const exchange = new FakeExchange(() => settle.promise)
      const stage = await serve(handler, { ...plainSetting, squeeze, arming: 'at open' }, exchange)
      const reply = get(stage.port)
      await until(() => exchange.settled === 1)
      let read = -1
      // Until the source has come to rest.
      await until(() => {
        const still = source?.bytesRead === read
        read = source?.bytesRead ?? -1
        return still
      })
      expect(read).toBeLessThanOrEqual(squeeze === 'after' ? 512 * 1024 : 128 * 1024)
      settle.open(COOKIE)
      const { body, header } = await reply
      expect(header('set-cookie')).toEqual(COOKIE.cookies)
      expect(body.length).toBe(LARGE)
    })
  }

  test('drain reaches a listener that was put elsewhere before anything was held', async () => {
    const setting: Setting = { ...plainSetting, squeeze: 'before', arming: 'by the handler' }
    const handler: Handler = async (_req, res) => {
      res.setHeader('Content-Type', 'text/plain')
      await pipeline(
        (async function* () {
          // The pipeline listens for `drain` already.
          hold(res, new FakeExchange(later(COOKIE)))
          yield 'one '
          yield 'two'
        })(),
        res,
      )
    }
    const stage = await serve(handler, setting)
    expect((await get(stage.port)).body.toString()).toBe('one two')
  })

  test('drain reaches a listener that somebody keeps to himself', async () => {
    const stage = await serve((_req, res) => {
      const on = res.on
      res.on = function (this: ServerResponse, type: string, listener: () => void): ServerResponse {
        // The listener is lost, as far as the response can tell.
        return type === 'drain' ? this : Reflect.apply(on, this, [type, listener])
      } as ServerResponse['on']
      hold(res, new FakeExchange(later(COOKIE)))
      Readable.from(['one ', 'two ', 'three']).pipe(res)
    })
    expect((await get(stage.port)).body.toString()).toBe('one two three')
  })

  test('drain comes once to a listener, and not to one that was removed', async () => {
    const calls: string[] = []
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(NOTHING)))
      const gone = (): void => void calls.push('gone')
      res.once('drain', gone)
      res.once('drain', () => {
        calls.push('once')
        res.end()
      })
      expect(res.write('hello')).toBe(false)
      res.removeListener('drain', gone)
    })
    expect((await get(stage.port)).body.toString()).toBe('hello')
    expect(calls).toEqual(['once'])
  })
})
