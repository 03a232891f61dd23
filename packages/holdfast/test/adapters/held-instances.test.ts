import { describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import type { Answer } from '../../src/engine/wire.js'
import { COOKIE, DOWN, FakeExchange, gate, get, later, serve } from './stage.js'

describe('two instances serve one request', () => {
  const admin: Answer = { cookies: ['admin=1'], cache: 'no-store' }

  test('their cookies go together', async () => {
    for (const wrap of [
      <T>(value: T) =>
        (): T =>
          value,
      later,
    ]) {
      const exchanges = [new FakeExchange(wrap(COOKIE)), new FakeExchange(wrap(admin))]
      const stage = await serve((_req, res) => {
        for (const exchange of exchanges) hold(res, exchange)
        res.end('hello')
      })
      expect((await get(stage.port)).header('set-cookie')).toEqual([...COOKIE.cookies, ...admin.cookies])
      expect(exchanges.map((exchange) => [exchange.settled, exchange.finished])).toEqual([
        [1, 1],
        [1, 1],
      ])
    }
  })

  test('one that is armed while the other settles is settled too', async () => {
    const settle = gate<Answer>()
    const second = new FakeExchange(later(admin))
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(() => settle.promise))
      res.end('hello')
      hold(res, second)
      settle.open(COOKIE)
    })
    expect((await get(stage.port)).header('set-cookie')).toEqual([...COOKIE.cookies, ...admin.cookies])
    expect(second.settled).toBe(1)
  })

  test('one refusal refuses', async () => {
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(COOKIE)))
      hold(res, new FakeExchange(later(DOWN)))
      res.end('hello')
    })
    const reply = await get(stage.port)
    expect(reply.status).toBe(503)
    expect(reply.header('set-cookie')).toEqual([])
  })
})
