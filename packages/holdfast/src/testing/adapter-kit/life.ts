import { strict as assert } from 'node:assert'
import { cookieFor } from '../cookie-for.js'
import { browserOf, send } from './client.js'
import { cookieNames, type Declare, gate, type Route } from './fixture.js'

/** A session from a visitor's first request to sign-out, and beside other requests. */
export function testLife(test: Declare): void {
  test('a visitor who only reads gets no cookie and leaves no row (PL-14)', async ({ open, store }) => {
    const browser = (await open()).browser()
    for (const path of ['/note', '/me', '/nowhere']) assert.deepEqual((await browser.get(path)).cookies, [])
    assert.deepEqual(store.acts, [])
  })

  test('the first write of a visitor sets one cookie, once, and the next request finds the data', async ({ open }) => {
    const app = await open()
    const browser = app.browser()
    const first = await browser.post('/note')
    assert.deepEqual(cookieNames(first.cookies), { set: [app.names.visitor], cleared: [] })
    assert.match(first.cookies[0] ?? '', /; *HttpOnly/i)
    assert.match(first.cookies[0] ?? '', /; *SameSite=Lax/i)
    assert.equal((await browser.get('/note')).body, 'written')
    assert.deepEqual((await browser.post('/note')).cookies, [])
  })

  test('sign-in sets the cookie of the user and clears the one of the visitor (LC-01)', async ({ open }) => {
    const app = await open()
    const { user, visitor } = app.names
    const browser = app.browser()
    await browser.post('/note')
    const before = browser.jar.copy()
    const answer = await browser.post('/in')
    assert.equal(answer.status, 303)
    assert.deepEqual(cookieNames(answer.cookies), { set: [user], cleared: [visitor] })
    assert.equal((await browser.get('/me')).body, 'ada')
    assert.equal((await browser.get('/note')).body, 'written')
    assert.equal(browser.jar.value(visitor), undefined)
    assert.equal(before.value(user), undefined)
  })

  test('sign-out clears both cookies, and the old one opens nothing (LC-04, LC-05)', async ({ open }) => {
    const app = await open()
    const browser = app.browser()
    await browser.post('/in')
    const thief = browserOf(app, browser.jar.copy())
    const { user, visitor } = app.names
    assert.deepEqual(cookieNames((await browser.post('/out')).cookies), { set: [], cleared: [user, visitor] })
    assert.deepEqual(browser.jar.cookies(), [])
    assert.equal((await thief.get('/me')).status, 401)
  })

  test('a slow request beside sign-out brings nothing back (LC-06)', async ({ open, store }) => {
    const [began, goOn] = [gate(), gate()]
    const slow: Route = {
      method: 'POST',
      path: '/slow',
      async handle(session) {
        session.data.list = ['before']
        began.open()
        await goOn.promise
        session.data.note = 'late'
        return { body: 'done' }
      },
    }
    const app = await open([slow])
    const browser = app.browser()
    await browser.post('/in')
    const old = browserOf(app, browser.jar.copy())
    const slowly = old.post('/slow')
    await began.promise
    await browser.post('/out')
    goOn.open()
    const answer = await slowly
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.cookies, [])
    assert.equal((await old.get('/me')).status, 401)
    assert.deepEqual((await app.sessions.all()).sessions, [])
    assert.deepEqual(store.acts.filter((act) => act === 'create').length, 1)
  })

  test('a redirect never beats the save: of 100 logins on a store that takes 20 ms, none sees no session', async ({
    open,
    store,
  }) => {
    const app = await open()
    store.before = () => new Promise((resolve) => setTimeout(resolve, 20))
    const logins = Array.from({ length: 100 }, async () => {
      const browser = app.browser()
      await browser.post('/note')
      const answer = await browser.post('/in')
      const target = await browser.get(answer.header('location') ?? '/')
      return target.body
    })
    assert.deepEqual(await Promise.all(logins), Array(100).fill('ada'))
  })

  test('requests at the same time lose no change of each other (LC-07)', async ({ open }) => {
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    const writers = numbers.map((n): Route => {
      const handle: Route['handle'] = (session) => {
        session.data[`f${n}`] = n
        ;(session.data.list ??= []).push(`f${n}`)
        return { status: 204 }
      }
      return { method: 'POST', path: `/f/${n}`, handle }
    })
    const all: Route = {
      method: 'GET',
      path: '/all',
      handle: ({ data }) => ({
        body: JSON.stringify({ fields: numbers.map((n) => data[`f${n}`]), list: data.list?.length }),
      }),
    }
    const browser = (await open([...writers, all])).browser()
    await browser.post('/note')
    await Promise.all(numbers.map((n) => browser.post(`/f/${n}`)))
    assert.deepEqual(JSON.parse((await browser.get('/all')).body), { fields: numbers, list: 20 })
  })

  test('many users at the same time: each sees what is theirs (PL-23)', async ({ open, store }) => {
    const mark: Route = {
      method: 'POST',
      path: '/mark',
      handle(session) {
        session.data.note = `of ${session.user}`
        return { body: String(session.user) }
      },
    }
    const app = await open([mark])
    const users = Array.from({ length: 200 }, (_, n) => `user ${n}`)
    const headers = await Promise.all(users.map((user) => cookieFor(app.sessions, user, { url: app.url })))
    let act = 0
    // Answers come in another order than they were asked for.
    store.before = async () => {
      for (let turns = (act += 7) % 11; turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve))
    }
    const ask = (path: string, method: string): Promise<string[]> =>
      Promise.all(headers.map(async (own) => (await send(app, path, { method, headers: own })).body))
    assert.deepEqual(await ask('/mark', 'POST'), users)
    assert.deepEqual(
      await ask('/note', 'GET'),
      users.map((user) => `of ${user}`),
    )
  })
}
