import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cookiesOf, type Library } from '../src/try/libraries.js'
import { party } from './attacks.js'
import { words } from './browser.js'
import { openShop, type ServedShop, signUp } from './open-shop.js'

const libraries = Object.keys(cookiesOf) as Library[]
const ELSEWHERE = { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:1' }

let served: ServedShop
beforeEach(async () => {
  served = await openShop()
})
afterEach(() => served.close())

describe('two tabs at once', () => {
  async function tried(library: Library) {
    const { post, meet, state } = party(served, library)
    await post('reset')
    expect(await Promise.all([meet('tabs/first'), meet('tabs/second')])).toEqual([204, 204])
    const { list, first, second } = await state()
    return { list: [...list].sort(), fields: [first, second] }
  }

  test('both stay with holdfast (LC-07)', async () => {
    expect(await tried('holdfast')).toEqual({ list: ['first', 'second'], fields: ['here', 'here'] })
  })

  test.each(['express-session', 'express-session-bare'] as const)('one is lost with %s', async (library) => {
    const { list, fields } = await tried(library)
    expect(list).toHaveLength(1)
    expect(fields.sort()).toEqual(['', 'here'])
  })
})

describe('a sign-out beside a slow request', () => {
  async function tried(library: Library) {
    const { post, meet, copy, state, use } = party(served, library)
    await post('sign-in', { name: 'Ada' })
    await copy('before')
    expect((await use('before')).user).toBe('Ada')
    expect(await Promise.all([meet('slow'), meet('sign-out')])).toEqual([204, 204])
    return { here: (await state()).user, copied: (await use('before')).user }
  }

  test('stays one with holdfast (LC-05, LC-06)', async () => {
    expect(await tried('holdfast')).toEqual({ here: null, copied: null })
  })

  test('is undone with express-session: the old cookie is signed in again', async () => {
    expect(await tried('express-session')).toEqual({ here: null, copied: 'Ada' })
  })

  test('is undone in this very browser with express-session without regenerate()', async () => {
    expect(await tried('express-session-bare')).toEqual({ here: 'Ada', copied: 'Ada' })
  })
})

describe('an old cookie', () => {
  async function tried(library: Library) {
    const { post, copy, use } = party(served, library)
    await post('reset')
    await copy('visitor')
    await post('sign-in', { name: 'Ada' })
    const visitor = await use('visitor')
    await copy('user')
    await post('sign-out')
    return { visitor: visitor.user, user: (await use('user')).user }
  }

  test.each([
    ['holdfast (LC-01, LC-05)', 'holdfast'],
    ['express-session', 'express-session'],
  ] as const)('opens nobody’s session with %s', async (_title, library) => {
    expect(await tried(library)).toEqual({ visitor: null, user: null })
  })

  test('from before sign-in opens the user’s with express-session without regenerate()', async () => {
    expect(await tried('express-session-bare')).toEqual({ visitor: 'Ada', user: null })
  })
})

describe('a planted cookie', () => {
  async function tried(library: Library) {
    const { at, post, plant, state, use } = party(served, library)
    expect(await plant('planted')).toBe(204)
    expect(cookiesOf[library]).toContain(at.jar.cookies()[0]?.name)
    await post('sign-in', { name: 'Ada' })
    expect((await state()).user).toBe('Ada')
    return (await use('planted')).user
  }

  test.each([
    ['holdfast (LC-01)', 'holdfast'],
    ['express-session', 'express-session'],
  ] as const)('opens nothing of the user’s with %s', async (_title, library) => {
    expect(await tried(library)).toBeNull()
  })

  test('opens the user’s session with express-session without regenerate()', async () => {
    expect(await tried('express-session-bare')).toBe('Ada')
  })
})

describe('a post from another site', () => {
  async function tried(library: Library) {
    const { at, run, post, state } = party(served, library)
    await post('sign-in', { name: 'Ada' })
    const fields = { name: 'Mallory', next: `/try/landed/${run}` }
    await at.post(`/try/${library}/sign-in?run=${run}`, fields, ELSEWHERE)
    const answers = JSON.parse((await at.get(`/try/posts?run=${run}`)).text)
    return { answers, user: (await state()).user }
  }

  test('is refused by holdfast (XS-01, XS-10)', async () => {
    expect(await tried('holdfast')).toEqual({ answers: { holdfast: 403 }, user: 'Ada' })
  })

  test('signs in as somebody else with express-session', async () => {
    expect(await tried('express-session')).toEqual({ answers: { 'express-session': 303 }, user: 'Mallory' })
  })

  test('comes from this server under its other name, in a form that sends itself', async () => {
    const { host } = new URL(served.url)
    const run = '0123456789abcdef'
    const other = served.url.replace('127.0.0.1', 'localhost')
    const page = await fetch(`${other}try/elsewhere/express-session?run=${run}&victim=${host}`)
    expect(page.headers.get('content-security-policy')).toContain(`form-action http://${host}; script-src 'self'`)
    const text = await page.text()
    expect(text).toContain(`action="http://${host}/try/express-session/sign-in?run=${run}"`)
    expect(text).toMatch(/<script src="\/elsewhere\.js\?[\w-]{10}" defer>/)

    const landed = await served.browser().get(`/try/landed/${run}`)
    const query = new URLSearchParams({ run, victim: host })
    expect(landed.text).toContain(`href="${`${other}try/elsewhere/holdfast?${query}`.replaceAll('&', '&#38;')}"`)
  })

  test('is made against this server alone', async () => {
    const at = served.browser()
    for (const victim of ['evil.example', '127.0.0.1:1', '127.0.0.1.evil.example', "127.0.0.1'", '']) {
      const query = new URLSearchParams({ run: '0123456789abcdef', victim })
      expect((await at.get(`/try/elsewhere/holdfast?${query}`)).status).toBe(404)
    }
  })
})

describe('the page', () => {
  test('has a button for every attack, and a result for every library, of which nothing is said beforehand', async () => {
    const { text, headers } = await served.browser().get('/try')
    const results = [...text.matchAll(/<output data-attack="([^"]+)" data-library="([^"]+)" data-result="">/g)]
    const attacks = [...new Set(results.map(([, attack]) => attack))]
    expect(attacks).toEqual(['tabs', 'sign-out', 'old-cookie', 'planted-cookie', 'cross-site'])
    for (const attack of attacks) {
      expect(text).toContain(`data-try="${attack}"`)
      const tried = results.filter(([, name]) => name === attack).map(([, , library]) => library)
      expect(tried.slice(0, 2)).toEqual(['holdfast', 'express-session'])
      expect(libraries).toEqual(expect.arrayContaining(tried))
    }
    expect(headers.get('content-security-policy')).toContain("script-src 'self'; connect-src 'self'")
    const { port } = new URL(served.url)
    expect(text).toContain(`data-second="http://localhost:${port}"`)
  })

  test('is linked from every page', async () => {
    const ada = served.browser()
    await signUp(ada)
    for (const path of ['/', '/cart', '/account', '/nowhere'])
      expect((await ada.get(path)).text).toContain('href="/try"')
  })

  test('says so where there is no second origin', async () => {
    const { text } = await served.browser().get('/try')
    expect(words(text)).not.toContain('This needs a second origin')
    const [answer] = await once(get(new URL('/try', served.url), { headers: { host: 'shop.example' } }), 'response')
    const named = await textOf(answer as IncomingMessage)
    expect(words(named)).toContain('This needs a second origin, and there is none')
    expect(named).not.toContain('data-try="cross-site"')
    expect(named).toContain('data-try="tabs"')
  })
})

test('who tries stays signed in to the shop, whose cookie is copied by nobody and used by no attack', async () => {
  const ada = served.browser()
  await signUp(ada)
  const shop = ada.jar.value('sid')
  for (const library of libraries) {
    const { post, copy, use } = party(served, library, ada)
    await copy('shop')
    expect((await use('shop')).user).toBeNull()
    await post('sign-in', { name: 'Mallory' })
    await post('sign-out')
  }
  expect(ada.jar.value('sid')).toBe(shop)
  expect(words((await ada.get('/')).text)).toContain('Signed in as Ada')
})

test('without a run, or of no library, nothing is tried', async () => {
  const at = served.browser()
  const posts = ['holdfast/tabs/first', 'holdfast/tabs/third?run=0123456789abcdef', 'express-session/slow']
  for (const path of [...posts, 'accomplice/holdfast/copy/x', 'accomplice/koa/copy/x?run=0123456789abcdef']) {
    expect([path, (await at.post(`/try/${path}`)).status]).toEqual([path, 404])
  }
  for (const path of ['accomplice/holdfast/use/x?run=0123456789abcdef', 'posts', 'posts?run=x', 'elsewhere/koa']) {
    expect([path, (await at.get(`/try/${path}`)).status]).toEqual([path, 404])
  }
})
