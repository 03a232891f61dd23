import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, browser, words } from './browser.js'
import { ADA, add, openShop, type ServedShop, signIn, signUp } from './open-shop.js'
import { slowPost } from './slow-post.js'

const NEXT = 'rope over rope over rope'

let served: ServedShop
let ada: Browser
beforeEach(async () => {
  served = await openShop()
  ada = served.browser()
  await signUp(ada)
})
afterEach(() => served.close())

const change = (at: Browser, fields: Readonly<Record<string, string>> = {}) =>
  at.post('/account/password', { current: ADA.password, password: NEXT, ...fields })

describe('a password that was changed', () => {
  test('gives this browser another cookie and keeps its cart; the old cookie opens nothing (LC-02)', async () => {
    await add(ada, 'bell')
    const old = browser(served.url, 'thief', ada.jar.copy())
    const before = ada.jar.value('sid')
    const seen = await change(ada)
    expect([seen.path, seen.statuses]).toEqual(['/account', [303, 200]])
    expect(words(seen.text)).toContain('The password is changed.')
    expect(ada.jar.value('sid')).not.toBe(before)
    expect(words((await ada.get('/cart')).text)).toContain('1 thing €72.00')
    expect((await old.get('/account')).path).toBe('/sign-in?next=%2Faccount')
  })

  test('signs out every other device, and nobody else (LC-13)', async () => {
    const phone = served.browser('phone')
    await signIn(phone)
    const grace = served.browser()
    await signUp(grace, { name: 'Grace', email: 'grace@example.org' })
    await change(ada)
    expect((await phone.get('/account')).path).toBe('/sign-in?next=%2Faccount')
    expect((await ada.get('/account')).path).toBe('/account')
    expect((await grace.get('/account')).path).toBe('/account')
  })

  test('is the one to sign in with from then on', async () => {
    await change(ada)
    const desk = served.browser()
    expect(words((await signIn(desk)).text)).toContain('do not go together')
    expect(words((await signIn(desk, { password: NEXT })).text)).toContain('Welcome back, Ada.')
  })
})

describe('a change of the password', () => {
  test.each([
    ['without the one that one has', 'current', { current: 'wrong horse battery' }, 'That is not the one you have.'],
    ['to a short one', 'new', { password: '1234567' }, 'A password needs 8 characters or more.'],
    ['to an endless one', 'new', { password: 'x'.repeat(257) }, 'A password has 256 characters at most.'],
    ['to the same one', 'new', { password: ADA.password }, 'That is the one you have.'],
  ])('%s is refused, which is said at the field, and nobody is signed out', async (_what, id, fields, text) => {
    const phone = served.browser('phone')
    await signIn(phone)
    const before = ada.jar.value('sid')
    const seen = await change(ada, fields)
    expect(seen.path).toBe('/account')
    expect(words(seen.text)).toContain('The password was not changed.')
    expect(seen.text).toMatch(
      new RegExp(
        `<p class="flaw" id="flaw">${text}</p>\\s*<input id="${id}"[^>]* aria-invalid="true" aria-describedby="flaw" autofocus>`,
      ),
    )
    for (const typed of Object.values({ current: ADA.password, password: NEXT, ...fields })) {
      expect(seen.text).not.toContain(typed)
    }
    expect((await ada.get('/account')).text).not.toContain('aria-invalid')
    expect(ada.jar.value('sid')).toBe(before)
    expect((await phone.get('/account')).path).toBe('/account')
    expect(words((await signIn(served.browser())).text)).toContain('Welcome back')
  })

  test('is made by one of two that come at once', async () => {
    const passwords = ['rope over rope one', 'rope over rope two']
    const both = await Promise.all(passwords.map((password) => change(ada, { password })))
    expect(both.filter(({ text }) => words(text).includes('The password is changed.')).length).toBeLessThanOrEqual(1)
    const pages = await Promise.all(passwords.map((password) => signIn(served.browser(), { password })))
    expect(pages.filter(({ text }) => words(text).includes('Welcome back'))).toHaveLength(1)
  })

  test('while one is signed out elsewhere is made, and says both', async () => {
    const phone = served.browser('phone')
    await signIn(phone)
    const form = new URLSearchParams({ current: ADA.password, password: NEXT }).toString()
    const end = await slowPost(served, ada, '/account/password', form)
    await phone.post('/account/sign-out-elsewhere')
    const answer = await end()
    expect(answer.status).toBe(409)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(words(answer.text)).toContain('The password is changed all the same.')
    for (const at of [ada, phone]) expect((await at.get('/account')).path).toBe('/sign-in?next=%2Faccount')
    expect(words((await signIn(phone, { password: NEXT })).text)).toContain('Welcome back')
  })

  test('asks a visitor to sign in, and comes from no other site (XS-01)', async () => {
    expect((await change(served.browser())).path).toBe('/sign-in?next=%2Faccount')
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await ada.post('/account/password', { current: ADA.password, password: NEXT }, evil)).status).toBe(403)
    expect(words((await signIn(served.browser())).text)).toContain('Welcome back')
  })
})
