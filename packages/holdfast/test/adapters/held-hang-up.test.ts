import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import type { Answer } from '../../src/engine/wire.js'
import { COOKIE, exchangeBytes, FakeExchange, gate, later, NOTHING, parse, serve, until } from './stage.js'

describe('rule 4: nobody hangs up on an answer that is held', () => {
  test('destroy() without an error waits until the answer is out', async () => {
    const settle = gate<Answer>()
    const stage = await serve((req, res) => {
      hold(res, new FakeExchange(() => settle.promise))
      res.end('ok')
      req.socket.destroy()
      expect(req.socket.destroyed).toBe(false)
      settle.open(COOKIE)
    })
    const bytes = await exchangeBytes(stage.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    // The connection would have stayed open: it was closed by the destroy that had waited.
    expect(parse(bytes).body.toString()).toBe('ok')
  })

  test('destroy(error) does not wait', async () => {
    const stage = await serve((req, res) => {
      hold(res, new FakeExchange(() => new Promise<Answer>(() => undefined)))
      res.end('ok')
      req.socket.on('error', () => undefined).destroy(new Error('broken'))
    })
    expect((await exchangeBytes(stage.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).length).toBe(0)
  })

  test('res.destroy() does not wait', async () => {
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(() => new Promise<Answer>(() => undefined)))
      res.end('ok')
      res.destroy()
    })
    expect((await exchangeBytes(stage.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).length).toBe(0)
  })

  test('afterwards whoever hangs up is obeyed at once', async () => {
    let socket: IncomingMessage['socket'] | undefined
    const stage = await serve((req, res) => {
      socket = req.socket
      hold(res, new FakeExchange(later(NOTHING)))
      res.write('one')
    })
    const client = connect(stage.port, '127.0.0.1')
    client.on('error', () => undefined)
    let got = ''
    client.on('data', (chunk) => {
      got += chunk
    })
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => got.includes('one'))
    socket?.destroy()
    expect(socket?.destroyed).toBe(true)
    client.destroy()
  })

  test('of requests that were sent without waiting each gets its answer, in order', async () => {
    const first = gate<Answer>()
    const requested: string[] = []
    const stage = await serve((req, res) => {
      requested.push(req.url ?? '')
      hold(res, new FakeExchange(req.url === '/1' ? () => first.promise : later(COOKIE)))
      res.end(`answer ${req.url}`)
      if (req.url === '/2') {
        // The second response has no socket yet; it is the request's that would be destroyed.
        expect(res.socket).toBe(null)
        req.socket.destroy()
        setImmediate(() => first.open(NOTHING))
      }
    })
    const requests = ['/1', '/2'].map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join('')
    const text = (await exchangeBytes(stage.port, requests)).toString()
    expect(requested).toEqual(['/1', '/2'])
    expect(text.indexOf('answer /1')).toBeGreaterThan(0)
    expect(text.match(/^HTTP/gm)?.length).toBeGreaterThanOrEqual(1)
  })

  test('pipelined answers are those without us', async () => {
    const bodies: string[] = []
    for (const held of [false, true]) {
      const stage = await serve((req, res) => {
        if (held) hold(res, new FakeExchange(later(NOTHING), later(undefined)))
        res.write(`${req.url} `)
        res.end('done')
      })
      const paths = ['/1', '/2', '/3', '/4']
      const requests = paths.map(
        (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${path === '/4' ? 'Connection: close\r\n' : ''}\r\n`,
      )
      const text = (await exchangeBytes(stage.port, requests.join(''))).toString()
      bodies.push(text.replace(/\r\nDate: [^\r]*/g, ''))
    }
    expect(bodies[1]).toBe(bodies[0])
    expect(bodies[0]?.match(/^HTTP/gm)?.length).toBe(4)
  })
})
