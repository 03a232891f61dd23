import { strict as assert } from 'node:assert'
import { cookieNames, type Declare, type Route } from './fixture.js'

/** Handlers that throw, and stores that do not answer. */
export function testFailures(test: Declare, cookiesOnError: boolean): void {
  test('a handler that throws: what it wrote is committed, and its answer is an error', async ({ open }) => {
    const broken: Route = {
      method: 'POST',
      path: '/broken',
      handle(session) {
        session.data.note = 'before it broke'
        throw new Error('it broke')
      },
    }
    const browser = (await open([broken])).browser()
    await browser.post('/in')
    const answer = await browser.post('/broken')
    assert.equal(answer.status, 500)
    assert.equal((await browser.get('/note')).body, 'before it broke')
  })

  test('a handler that throws after it signed somebody in', async ({ open }) => {
    const broken: Route = {
      method: 'POST',
      path: '/broken',
      async handle(session) {
        await session.signIn('ada')
        throw new Error('it broke')
      },
    }
    const app = await open([broken])
    const browser = app.browser()
    const answer = await browser.post('/broken')
    assert.equal(answer.status, 500)
    assert.deepEqual(cookieNames(answer.cookies).set, cookiesOnError ? [app.names.user] : [])
    assert.equal((await browser.get('/me')).body, cookiesOnError ? 'ada' : 'nobody')
  })

  test('a store that cannot be read: 503 and never signed in (PL-11)', async ({ open, store }) => {
    let ran = 0
    const count: Route = {
      method: 'GET',
      path: '/count',
      handle({ user }) {
        ran += 1
        return { body: String(user) }
      },
    }
    const browser = (await open([count])).browser()
    await browser.post('/in')
    store.before = () => {
      throw new Error('the store is down')
    }
    const answer = await browser.get('/count')
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.header('retry-after')) > 0)
    assert.deepEqual(answer.cookies, [])
    assert.equal(ran, 0)
    // A visitor without a cookie needs no store.
    assert.equal((await browser.ask('/count', { headers: { cookie: 'other=1' } })).body, 'null')
    store.before = () => undefined
    assert.equal((await browser.get('/count')).body, 'ada')
  })

  test('a write that fails after a finished sign-in: 503, and the cookie of the sign-in goes with it', async ({
    open,
    store,
  }) => {
    const inThenWrite: Route = {
      method: 'POST',
      path: '/in-then-write',
      async handle(session) {
        await session.signIn('ada')
        session.data.note = 'lost'
        store.before = (act) => {
          if (act === 'patch') throw new Error('the store is down')
        }
        return { body: 'in' }
      },
    }
    const app = await open([inThenWrite])
    const browser = app.browser()
    const answer = await browser.post('/in-then-write')
    store.before = () => undefined
    assert.equal(answer.status, 503)
    assert.deepEqual(cookieNames(answer.cookies).set, [app.names.user])
    assert.equal((await browser.get('/me')).body, 'ada')
  })

  test('a sign-out that could not be carried out is not said to be done (PL-11)', async ({ open, store }) => {
    const browser = (await open()).browser()
    await browser.post('/in')
    store.before = (act) => {
      if (act === 'end') throw new Error('the store is down')
    }
    const answer = await browser.post('/out')
    assert.ok(answer.status >= 500)
    assert.deepEqual(answer.cookies, [])
    store.before = () => undefined
    assert.equal((await browser.get('/me')).body, 'ada')
    await browser.post('/out')
    assert.equal((await browser.get('/me')).status, 401)
  })
}
