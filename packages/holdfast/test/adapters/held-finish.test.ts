import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { hold, isSent } from '../../src/adapters/held-response.js'
import { COOKIE, DOWN, FakeExchange, gate, get, later, NOTHING, parse, serve, until } from './stage.js'

describe('the last byte waits for finish', () => {
  test('of an answer that is streamed', async () => {
    const finish = gate()
    const exchange = new FakeExchange(
      () => NOTHING,
      () => finish.promise,
    )
    let got = ''
    let ended = false
    const stage = await serve((_req, res) => {
      hold(res, exchange)
      res.write('one ')
      res.end('two')
      ended = res.writableEnded
    })
    const client = connect(stage.port, '127.0.0.1')
    client.on('data', (chunk) => {
      got += chunk
    })
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    await until(() => got.includes('one ') && exchange.finished === 1)
    expect(got).not.toContain('two')
    expect(ended).toBe(true)
    finish.open()
    await new Promise((resolve) => client.once('close', resolve))
    expect(parse(Buffer.from(got)).body.toString()).toBe('one two')
  })

  test('of one that was armed after its head had left: writes pass', async () => {
    const finish = gate()
    const exchange = new FakeExchange(
      () => COOKIE,
      () => finish.promise,
    )
    const seen: unknown[] = []
    const stage = await serve((_req, res) => {
      res.write('one ')
      hold(res, exchange)
      seen.push(isSent(res), res.write('two '))
      res.end('three')
      seen.push(exchange.finished)
      finish.open()
    })
    const reply = await get(stage.port)
    expect(reply.body.toString()).toBe('one two three')
    expect(reply.header('set-cookie')).toEqual([])
    expect(seen).toEqual([true, true, 1])
    expect(exchange.settled).toBe(0)
  })

  test('what was settled at once is in the head, also where finish has to be waited for', async () => {
    const exchange = new FakeExchange(() => COOKIE, later(undefined))
    const stage = await serve((_req, res) => {
      hold(res, exchange)
      res.end('hello')
    })
    const reply = await get(stage.port)
    expect(reply.header('set-cookie')).toEqual(COOKIE.cookies)
    expect(reply.body.toString()).toBe('hello')
  })

  test('a refusal has nothing to finish', async () => {
    const exchange = new FakeExchange(later(DOWN))
    const stage = await serve((_req, res) => {
      hold(res, exchange)
      res.end('hello')
    })
    await get(stage.port)
    expect(exchange.finished).toBe(0)
  })
})
