import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { hold, isSent } from '../../src/adapters/held-response.js'
import type { Answer } from '../../src/engine/wire.js'
import { COOKIE, FakeExchange, gate, get, later, NOTHING, serve } from './stage.js'

describe('rule 3: while it is held an answer says that it was sent', () => {
  test('headersSent, writableEnded, and every call that would change the head', async () => {
    const settle = gate<Answer>()
    const seen: unknown[] = []
    const codeOf = (act: () => unknown): unknown => {
      try {
        act()
        return undefined
      } catch (error) {
        return (error as NodeJS.ErrnoException).code
      }
    }
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(() => settle.promise))
      seen.push(res.headersSent, res.writableEnded)
      res.write('one')
      seen.push(res.headersSent, res.writableEnded)
      res.end('two')
      seen.push(res.headersSent, res.writableEnded)
      seen.push(codeOf(() => res.setHeader('X-Late', '1')))
      seen.push(codeOf(() => res.appendHeader('X-Late', '1')))
      seen.push(codeOf(() => res.removeHeader('X-Early')))
      seen.push(codeOf(() => res.writeHead(500)))
      res.flushHeaders()
      settle.open(NOTHING)
    })
    const reply = await get(stage.port)
    const sent = 'ERR_HTTP_HEADERS_SENT'
    expect(seen).toEqual([false, false, true, false, true, true, sent, sent, sent, sent])
    expect(reply.body.toString()).toBe('onetwo')
    expect(reply.header('x-late')).toEqual([])
  })

  test('the engine can still add a cookie to a head that is held, and no longer once it is decided', async () => {
    const seen: boolean[] = []
    const settle = gate<Answer>()
    const stage = await serve((_req, res) => {
      seen.push(isSent(res))
      hold(res, new FakeExchange(() => settle.promise))
      res.write('one')
      seen.push(isSent(res))
      settle.open(NOTHING)
      res.once('drain', () => {
        seen.push(isSent(res))
        res.end()
      })
    })
    await get(stage.port)
    expect(seen).toEqual([false, false, true])
  })

  test('what Node refuses is refused at the call, and another answer can be sent', async () => {
    const wrong: [string, (res: ServerResponse) => unknown, string][] = [
      ['a status of 99', (res) => res.writeHead(99), 'ERR_HTTP_INVALID_STATUS_CODE'],
      ['a status that is no number', (res) => res.writeHead(Number.NaN), 'ERR_HTTP_INVALID_STATUS_CODE'],
      ['a reason with a line break', (res) => res.writeHead(200, 'a\nb'), 'ERR_INVALID_CHAR'],
      ['a header with a line break', (res) => res.writeHead(200, { 'X-Own': 'a\nb' }), 'ERR_INVALID_CHAR'],
      ['a header without a value', (res) => res.writeHead(200, ['X-Own']), 'ERR_INVALID_ARG_VALUE'],
      ['null', (res) => res.write(null), 'ERR_STREAM_NULL_VALUES'],
      ['a number', (res) => res.write(5), 'ERR_INVALID_ARG_TYPE'],
      ['an object at the end', (res) => res.end({}), 'ERR_INVALID_ARG_TYPE'],
      [
        'an implied status of 99',
        (res) => Object.assign(res, { statusCode: 99 }).end('x'),
        'ERR_HTTP_INVALID_STATUS_CODE',
      ],
    ]
    for (const [what, act, code] of wrong) {
      let thrown: unknown
      const stage = await serve((_req, res) => {
        hold(res, new FakeExchange(later(COOKIE)))
        try {
          act(res)
        } catch (error) {
          thrown = (error as NodeJS.ErrnoException).code
          res.statusCode = 500
          res.statusMessage = 'Sorry'
          res.end('sorry')
        }
      })
      const reply = await get(stage.port)
      expect([what, thrown]).toEqual([what, code])
      expect([what, reply.lines[0], reply.body.toString()]).toEqual([what, 'HTTP/1.1 500 Sorry', 'sorry'])
      expect(reply.header('set-cookie')).toEqual(COOKIE.cookies)
    }
  })
})
