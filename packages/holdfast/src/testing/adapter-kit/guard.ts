import { strict as assert } from 'node:assert'
import { type Answered, type Asked, send } from './client.js'
import type { App, Declare, Route, Stage } from './fixture.js'

type Headers = Readonly<Record<string, string>>

/** The guard against requests of other sites, from the wire to the handler that must not run. */
export function testGuard(test: Declare): void {
  test('a cross-site request is refused before its handler runs (XS-01)', async ({ open }) => {
    const site = await siteOf(open)
    for (const headers of [CROSS_SITE, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      await site.refuses(headers)
      if (headers === CROSS_SITE) await site.refuses(headers, { cookie: '' })
    }
    assert.equal(site.ran(), 0)
    await site.lets({ origin: site.origin })
    assert.equal(site.ran(), 1)
  })

  test('neighbours on the same site are refused; the site itself and the user’s own requests are not (XS-02, XS-03)', async ({
    open,
  }) => {
    const site = await siteOf(open)
    await site.refuses({ 'sec-fetch-site': 'same-site' })
    await site.refuses({ 'sec-fetch-site': 'same-site', origin: site.origin })
    assert.equal(site.ran(), 0)
    await site.lets({ 'sec-fetch-site': 'same-origin' })
    await site.lets({ 'sec-fetch-site': 'none' })
  })

  test('without Fetch Metadata, Origin decides, then Referer, then whether there is a cookie (XS-04)', async ({
    open,
  }) => {
    const site = await siteOf(open)
    const { protocol, hostname, port } = new URL(site.origin)
    const foreign = [
      `${site.origin}.attacker.example`,
      `${protocol}//attacker.example`,
      `${protocol}//${hostname}:${Number(port) - 1}`,
      `${protocol}//${hostname}`,
      `${protocol === 'http:' ? 'https:' : 'http:'}//${hostname}:${port}`,
      `${protocol}//user@${hostname}:${port}@attacker.example`,
    ]
    for (const origin of foreign) {
      await site.refuses({ origin })
      await site.refuses({ referer: `${origin}/page` })
      await site.refuses({ origin, referer: `${site.origin}/page` })
    }
    await site.refuses({ origin: `${protocol}//attacker.example`, 'x-forwarded-host': 'attacker.example' })
    await site.refuses({})
    assert.equal(site.ran(), 0)
    await site.lets({ origin: site.origin })
    await site.lets({ referer: `${site.origin}/page?at=1` })
    await site.lets({}, { cookie: '' })
  })

  test('a value of Sec-Fetch-Site that nobody knows decides nothing (XS-05)', async ({ open }) => {
    const site = await siteOf(open)
    for (const value of ['foo', 'Same-Origin', 'none, none', '"none"']) {
      await site.refuses({ 'sec-fetch-site': value, origin: 'https://evil.example' })
      await site.refuses({ 'sec-fetch-site': value })
      await site.lets({ 'sec-fetch-site': value, origin: site.origin })
    }
  })

  test('a header that names another method changes nothing, and a safe one ends no session (XS-06)', async ({
    open,
    store,
  }) => {
    const site = await siteOf(open)
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      await site.refuses({ ...CROSS_SITE, [name]: 'GET' })
      await site.refuses({ ...CROSS_SITE, [name]: 'GET' }, {}, '/act?_method=GET')
      const acts = store.acts.length
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        for (const path of ['/out?_method=POST', '/in?_method=POST', '/me']) {
          const answer = await site.ask({ ...CROSS_SITE, [name]: 'POST' }, { method }, path)
          assert.deepEqual(answer.cookies, [])
        }
      }
      assert.deepEqual(new Set(store.acts.slice(acts)), new Set(['get']))
    }
    assert.equal(site.ran(), 0)
    assert.equal((await site.ask({}, { method: 'GET' }, '/me')).body, 'ada')
  })

  test('no content type is a way around, nor is none (XS-08)', async ({ open }) => {
    const site = await siteOf(open)
    const types = [
      'application/x-www-form-urlencoded',
      'Application/X-WWW-form-urlencoded',
      'text/plain;x',
      'text/plain; charset=utf-8',
      'multipart/form-data; boundary=x',
      'application/json',
      'application/csp-report',
      '',
    ]
    for (const type of types) {
      const headers: Headers = type === '' ? {} : { 'content-type': type }
      await site.refuses({ ...CROSS_SITE, ...headers }, { body: '{"sku":1}' })
      await site.refuses({ origin: 'https://evil.example', ...headers }, { body: 'sku=1' })
      await site.refuses(headers, { body: 'sku=1' })
    }
    assert.equal(site.ran(), 0)
  })

  test('another site signs nobody in, and starts no session unseen (XS-10)', async ({ open, store }) => {
    const app = await open()
    for (const path of ['/in', '/note']) {
      for (const headers of [CROSS_SITE, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }]) {
        const answer = await send(app, path, { method: 'POST', headers })
        assert.equal(answer.status, 403)
        assert.deepEqual(answer.cookies, [])
      }
    }
    assert.deepEqual(store.acts, [])
  })
}

const CROSS_SITE: Headers = { 'sec-fetch-site': 'cross-site' }

/** An app that counts how often its handler ran, and somebody who is signed in to it. */
interface Site {
  readonly origin: string
  ran(): number
  ask(headers: Headers, asked?: Asked & { cookie?: string }, path?: string): Promise<Answered>
  refuses(headers: Headers, asked?: Asked & { cookie?: string }, path?: string): Promise<void>
  lets(headers: Headers, asked?: Asked & { cookie?: string }): Promise<void>
}

async function siteOf(open: Stage['open']): Promise<Site> {
  let ran = 0
  const act: Route = {
    method: 'POST',
    path: '/act',
    handle() {
      ran += 1
      return { body: 'done' }
    },
  }
  const app: App = await open([act])
  const browser = app.browser()
  await browser.post('/in')
  const own = browser.jar.header() ?? ''
  const ask: Site['ask'] = (headers, { cookie = own, ...asked } = {}, path = '/act') =>
    send(app, path, { method: 'POST', ...asked, headers: cookie === '' ? headers : { ...headers, cookie } })
  return {
    origin: new URL(app.url).origin,
    ran: () => ran,
    ask,
    async refuses(headers, asked, path) {
      const answer = await ask(headers, asked, path)
      assert.equal(answer.status, 403, JSON.stringify(headers))
      assert.match(answer.body, /HOLDFAST_CROSS_SITE/)
      assert.deepEqual(answer.cookies, [])
      assert.equal(answer.header('cache-control'), 'no-store')
    },
    async lets(headers, asked) {
      assert.equal((await ask(headers, asked)).body, 'done', JSON.stringify(headers))
    },
  }
}
