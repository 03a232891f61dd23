import { strict as assert } from 'node:assert'
import type { Session } from '../../engine/session.js'
import { cookieNames, type Declare, type KitData, type Reply, type Route } from './fixture.js'

const COOKIES = [
  ['Set-Cookie', 'app=1; Path=/'],
  ['Set-Cookie', 'other=2; Path=/'],
] as const

/** A route that writes to the session and answers with cookies of its own. */
function writing(path: string, reply: Reply): Route {
  const handle = (session: Session<KitData>): Reply => {
    session.data.note = 'written'
    return { ...reply, headers: [...COOKIES, ['Content-Type', 'text/plain'], ...(reply.headers ?? [])] }
  }
  return { method: 'GET', path, handle }
}

/** Heads, in each way of sending them. */
export function testAnswers(test: Declare): void {
  const replies: [string, Reply, string?][] = [
    ['a text', { body: 'hello '.repeat(400) }],
    ['an answer without a body', {}],
    ['a stream', { body: pieces(['one ', 'two ', 'three']) }],
    ['a redirect', { status: 303, headers: [['Location', '/me']] }],
    ['a 204', { status: 204 }],
    ['a 304', { status: 304, headers: [['ETag', '"1"']] }],
    ['a HEAD request', { body: 'hello' }, 'HEAD'],
  ]
  for (const [title, reply, method = 'GET'] of replies) {
    test(`${title}: the cookies of the app and ours are all there, once (CK-09, CK-15)`, async ({ open }) => {
      const app = await open([writing('/write', reply)])
      const browser = app.browser()
      const answer = await browser.ask('/write', { method })
      assert.equal(answer.status, reply.status ?? 200)
      assert.deepEqual(
        answer.cookies.slice(0, 2),
        COOKIES.map(([, value]) => value),
      )
      assert.deepEqual(cookieNames(answer.cookies).set, ['app', 'other', app.names.visitor])
      for (const [name, value] of reply.headers ?? []) assert.equal(answer.header(name.toLowerCase()), value)
      assert.equal((await browser.get('/note')).body, 'written')
      // The cookie is there, so that none is needed.
      const again = await browser.ask('/write', { method })
      assert.deepEqual(cookieNames(again.cookies).set, ['app', 'other'])
    })
  }

  test('a store that is down: 503 and nothing of the answer (PL-11)', async ({ open, store }) => {
    const browser = (
      await open([writing('/write', { body: 'hello '.repeat(400), headers: [['ETag', '"1"']] })])
    ).browser()
    store.before = () => {
      throw new Error('the store is down')
    }
    const answer = await browser.get('/write')
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.header('retry-after')) > 0)
    assert.equal(answer.header('cache-control'), 'no-store')
    assert.equal(answer.header('etag'), undefined)
    assert.deepEqual(answer.cookies, [])
    assert.match(answer.body, /HOLDFAST_(STORE|UNKNOWN_OUTCOME)/)
    assert.doesNotMatch(answer.body, /hello|the store is down/)
    const head = await browser.ask('/write', { method: 'HEAD' })
    assert.deepEqual([head.status, head.header('cache-control'), head.cookies], [503, 'no-store', []])
    // It works again when the store does.
    store.before = () => undefined
    assert.equal((await browser.get('/write')).status, 200)
    assert.equal((await browser.get('/note')).body, 'written')
  })
}

/** A body that can be sent again and again. */
function pieces(texts: readonly string[]): AsyncIterable<string> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* texts
    },
  }
}
