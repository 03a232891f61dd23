import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import { COOKIE, FakeExchange, get, later, plainSetting, serve } from './stage.js'

describe('rule 5: the cookies of the app and ours are all there', () => {
  const ways: [string, (res: ServerResponse) => unknown][] = [
    ['setHeader', (res) => res.setHeader('Set-Cookie', ['app=1', 'app2=2'])],
    ['writeHead with an object', (res) => res.writeHead(200, { 'Set-Cookie': ['app=1', 'app2=2'] })],
    [
      'writeHead with a reason and an object',
      (res) => res.writeHead(200, 'Fine', { 'set-cookie': ['app=1', 'app2=2'] }),
    ],
    ['writeHead with a flat array', (res) => res.writeHead(200, ['Set-Cookie', 'app=1', 'Set-Cookie', 'app2=2'])],
    [
      'writeHead with pairs',
      (res) =>
        res.writeHead(200, [
          ['Set-Cookie', 'app=1'],
          ['set-cookie', 'app2=2'],
        ] as never),
    ],
    [
      'setHeader for another, then a flat array',
      (res) => res.setHeader('X-Own', '1').writeHead(200, ['Set-Cookie', 'app=1', 'Set-Cookie', 'app2=2']),
    ],
    ['setHeaders', (res) => res.setHeaders(new Map([['set-cookie', ['app=1', 'app2=2']]]) as never)],
  ]
  for (const [title, act] of ways) {
    for (const squeeze of ['none', 'before', 'after'] as const) {
      // The package `on-headers`, wrapped around us there, keeps one line of each name of pairs, without us too.
      if (title === 'writeHead with pairs' && squeeze === 'after') continue
      test(`${title}, compression ${squeeze} (CK-09, CK-15)`, async () => {
        for (const exchange of [new FakeExchange(() => COOKIE), new FakeExchange(later(COOKIE))]) {
          const stage = await serve((_req, res) => [act(res), res.end('hello')], { ...plainSetting, squeeze }, exchange)
          const reply = await get(stage.port)
          expect(reply.header('set-cookie')).toEqual(['app=1', 'app2=2', ...COOKIE.cookies])
          expect(reply.body.toString()).toBe('hello')
        }
      })
    }
  }

  test('a list of cookies that the app uses for every answer is not added to (PL-23)', async () => {
    const shared = ['app=1']
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(later(COOKIE)))
      res.setHeader('Set-Cookie', shared)
      res.end()
    })
    await get(stage.port)
    const reply = await get(stage.port)
    expect(shared).toEqual(['app=1'])
    expect(reply.header('set-cookie')).toEqual(['app=1', ...COOKIE.cookies])
  })

  test('beside a cookie caches are told not to store, whatever the app says (PL-01)', async () => {
    const stage = await serve((_req, res) => {
      hold(res, new FakeExchange(() => COOKIE))
      res.setHeader('CDN-Cache-Control', 'max-age=600')
      res
        .writeHead(200, { 'Cache-Control': 'public, s-maxage=600, no-transform', Vary: 'Accept-Encoding, cookie' })
        .end()
    })
    const reply = await get(stage.port)
    expect(reply.header('cache-control')).toEqual(['no-store, no-transform'])
    expect(reply.header('vary')).toEqual(['Accept-Encoding, cookie'])
    expect(reply.header('cdn-cache-control')).toEqual([])
  })

  test('an answer to somebody who was recognised is private unless the app said otherwise (PL-02)', async () => {
    const answers: string[][] = []
    for (const own of [undefined, 'public, max-age=5']) {
      const stage = await serve((_req, res) => {
        hold(res, new FakeExchange(() => ({ cookies: [], cache: 'private' })))
        res.writeHead(200, own === undefined ? {} : { 'Cache-Control': own }).end()
      })
      answers.push((await get(stage.port)).header('cache-control'))
    }
    expect(answers).toEqual([['private'], ['public, max-age=5']])
  })
})
