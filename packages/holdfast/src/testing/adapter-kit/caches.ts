import { strict as assert } from 'node:assert'
import { cookieNames, type Declare, type Route } from './fixture.js'

const PUBLIC = [
  ['Cache-Control', 'public, max-age=60, s-maxage=600'],
  ['Vary', 'Accept-Encoding'],
] as const

/** What caches are told, in each way of sending it. */
export function testCaches(test: Declare): void {
  test('an answer with a session cookie is stored by no cache (PL-01)', async ({ open }) => {
    const visit: Route = {
      method: 'POST',
      path: '/visit',
      handle(session) {
        session.data.note = 'written'
        return { body: 'hello', headers: PUBLIC }
      },
    }
    const browser = (await open([visit])).browser()
    for (const path of ['/visit', '/in', '/out']) {
      const answer = await browser.post(path)
      assert.ok(answer.cookies.length > 0)
      assert.equal(answer.header('cache-control'), 'no-store', path)
      const vary = (answer.header('vary') ?? '').split(', ')
      assert.equal(vary.filter((name) => name === 'Cookie').length, 1, path)
      if (path === '/visit') assert.ok(vary.includes('Accept-Encoding'))
    }
  })

  test('an answer to somebody who was recognised is private, unless the app said otherwise (PL-02)', async ({
    open,
  }) => {
    const own: Route = { method: 'GET', path: '/own', handle: ({ user }) => ({ body: `for ${user}`, headers: PUBLIC }) }
    const browser = (await open([own])).browser()
    await browser.post('/in')
    assert.equal((await browser.get('/me')).header('cache-control'), 'private')
    assert.equal((await browser.get('/own')).header('cache-control'), PUBLIC[0][1])
  })

  test('an answer that has not looked at a session says nothing of it (PL-03)', async ({ open }) => {
    const plain: Route = { method: 'GET', path: '/plain', handle: () => ({ body: 'for everybody' }) }
    const browser = (await open([plain])).browser()
    await browser.post('/in')
    const answer = await browser.get('/plain')
    assert.equal(answer.header('cache-control'), undefined)
    assert.deepEqual(answer.cookies, [])
  })

  test('a renewal that is due travels with no file, no 304, but with the first page that looks (PL-03)', async ({
    open,
  }) => {
    let now = Date.now()
    const file: Route = { method: 'GET', path: '/file', handle: () => ({ body: 'for everybody' }) }
    const same: Route = {
      method: 'GET',
      path: '/same',
      handle: ({ user }) => ({ status: 304, headers: [['ETag', `"${user}"`]] }),
    }
    const app = await open([file, same], { now: () => now })
    const browser = app.browser()
    await browser.post('/in')
    now += 16 * 60_000
    for (const path of ['/file', '/same', '/file']) assert.deepEqual((await browser.get(path)).cookies, [], path)
    assert.deepEqual(cookieNames((await browser.get('/me')).cookies).set, [app.names.user])
  })

  test('two cookies of the app stay two beside what caches are told (CK-15)', async ({ open }) => {
    const cookies: Route = {
      method: 'GET',
      path: '/cookies',
      handle: ({ user }) => ({
        body: `for ${user}`,
        headers: [
          ['Set-Cookie', 'app=1'],
          ['Set-Cookie', 'other=2'],
        ],
      }),
    }
    const browser = (await open([cookies])).browser()
    await browser.post('/in')
    const answer = await browser.get('/cookies')
    assert.deepEqual(answer.cookies, ['app=1', 'other=2'])
    assert.equal(answer.header('cache-control'), 'private')
  })
}
