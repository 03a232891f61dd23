import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import { COOKIE, FakeExchange, get, later, NOTHING, serve } from './stage.js'

const OWN = ['write', 'end', 'writeHead', 'flushHeaders', 'writableEnded', 'headersSent']

describe('rule 1: what we put on a response is taken away again', () => {
  test('after the answer nothing of ours is left on it', async () => {
    let seen: string[] = []
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(COOKIE)))
      res.on('finish', () => {
        seen = OWN.filter((name) => Object.hasOwn(res, name))
      })
      expect(Object.hasOwn(res, 'write')).toBe(true)
      res.end('hello')
    })
    expect((await get(stage.port)).status).toBe(200)
    expect(seen).toEqual([])
  })

  test('once the first byte is out only the last is ours', async () => {
    const seen: string[][] = []
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange())
      res.write('one')
      seen.push(OWN.filter((name) => Object.hasOwn(res, name)))
      res.end('two')
      seen.push(OWN.filter((name) => Object.hasOwn(res, name)))
    })
    expect((await get(stage.port)).body.toString()).toBe('onetwo')
    expect(seen).toEqual([['end'], []])
  })

  test('what somebody else had put there is put back', async () => {
    let back = false
    const stage = await serve((_req, res) => {
      const write = res.write
      const theirs = function (this: ServerResponse, ...args: unknown[]): boolean {
        return Reflect.apply(write, this, args)
      } as ServerResponse['write']
      res.write = theirs
      hold(res, new FakeExchange(later(NOTHING)))
      res.on('finish', () => {
        back = res.write === theirs
      })
      res.write('hello')
      res.end()
    })
    expect((await get(stage.port)).body.toString()).toBe('hello')
    expect(back).toBe(true)
  })

  test('what somebody has wrapped around ours stays and sees what it sees without us', async () => {
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(COOKIE)))
      const writeHead = res.writeHead
      res.writeHead = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
        this.setHeader('X-Last', String(this.getHeader('cache-control')))
        this.setHeader('Cache-Control', 'public, max-age=60')
        return Reflect.apply(writeHead, this, args)
      } as ServerResponse['writeHead']
      res.end('hello')
    })
    const reply = await get(stage.port)
    // Theirs ran before ours, though ours was there first: what a cache is told beside a cookie is not theirs to change.
    expect(reply.header('x-last')).toEqual(['undefined'])
    expect(reply.header('set-cookie')).toEqual(COOKIE.cookies)
    expect(reply.header('cache-control')).toEqual(['no-store'])
  })
})

describe('rule 8: with nothing to write it passes on the same tick', () => {
  test('head and body have left when the call returns', async () => {
    const seen: unknown[] = []
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(() => COOKIE))
      res.write('one')
      seen.push((res as unknown as { _header: string })._header.includes('sid=1'))
      res.end('two')
      seen.push(res.writableEnded, Object.hasOwn(res, 'end'))
    })
    await get(stage.port)
    expect(seen).toEqual([true, true, false])
  })
})
