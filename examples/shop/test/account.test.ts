import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StoreOption } from '../src/store-option.js'
import { browser, words } from './browser.js'
import { ADA, add, openShop, type ServedShop, signIn, signUp } from './open-shop.js'

let served: ServedShop
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-shop-'))
})
afterEach(async () => {
  await served.close()
  rmSync(folder, { recursive: true })
})

const inFile = (): StoreOption => ({ kind: 'sqlite', path: join(folder, 'data', 'shop.db') })
const stores = [
  ['memory', (): StoreOption => ({ kind: 'memory' })],
  ['SQLite', inFile],
] as const

describe.each(stores)('an account, with everything in %s', (_name, store) => {
  test('keeps the visitor’s cart and changes the cookie; the old one opens nothing (LC-01, LC-03)', async () => {
    served = await openShop({ store: store() })
    const ada = served.browser()
    await add(ada, 'bell', 2)
    const before = browser(served.url, 'thief', ada.jar.copy())
    const visitors = ada.jar.cookies()
    expect(visitors.map(({ name }) => name)).toEqual(['vid'])

    const seen = await signUp(ada, { next: '/cart' })
    expect(seen.path).toBe('/cart')
    expect(words(seen.text)).toContain('Signed in as Ada')
    expect(words(seen.text)).toContain('2 things €144.00')
    const users = ada.jar.cookies()
    expect(users.map(({ name }) => name)).toEqual(['sid'])
    expect(users[0]?.value).not.toBe(visitors[0]?.value)

    const old = await before.get('/cart')
    expect(words(old.text)).toContain('Nothing in it yet.')
    expect(words(old.text)).not.toContain('Ada')
  })

  test('is signed in to with its password, and the cart is kept', async () => {
    served = await openShop({ store: store() })
    await signUp(served.browser())
    const ada = served.browser()
    await add(ada, 'fid')
    const seen = await signIn(ada, { email: '  ADA@example.org ', next: '/cart' })
    expect(words(seen.text)).toContain('Welcome back, Ada.')
    expect(words(seen.text)).toContain('1 thing €23.00')
  })

  test('is not signed in to with another password, and says so once', async () => {
    served = await openShop({ store: store() })
    await signUp(served.browser())
    const mallory = served.browser()
    const seen = await signIn(mallory, { password: 'wrong horse battery' })
    expect(seen.path).toBe('/sign-in')
    expect(words(seen.text)).toContain('Email and password do not go together.')
    expect(seen.text).toContain('value="ada@example.org"')
    expect(mallory.jar.cookies().map(({ name }) => name)).toEqual(['vid'])
    expect((await mallory.get('/sign-in')).text).not.toContain('do not go together')
  })

  test('is left by signing out, after which a copy of the cookie opens nothing (LC-04)', async () => {
    served = await openShop({ store: store() })
    const ada = served.browser()
    await signUp(ada)
    await add(ada, 'bell')
    const copy = browser(served.url, 'copy', ada.jar.copy())
    expect(words((await copy.get('/cart')).text)).toContain('1 thing')

    const out = await ada.post('/sign-out')
    expect(out.path).toBe('/')
    expect(words(out.text)).toContain('You are signed out.')
    expect(ada.jar.cookies().map(({ name }) => name)).toEqual(['vid'])
    for (const at of [ada, copy]) {
      expect(words((await at.get('/cart')).text)).toContain('Nothing in it yet.')
      expect((await at.get('/account')).path).toBe('/sign-in?next=%2Faccount')
    }
    expect((await served.shop.sessions.all()).sessions.filter(({ user }) => user !== null)).toEqual([])
  })
})

test('a database file keeps users, sessions and orders over a restart, for its owner alone, and holds nothing to sign in with (ID-08)', async () => {
  served = await openShop({ store: inFile() })
  const ada = served.browser()
  await signUp(ada)
  await add(ada, 'bell')
  await ada.post('/checkout')
  await add(ada, 'fid')
  await served.close()

  served = await openShop({ store: inFile() })
  const later = browser(served.url, 'shop-test', ada.jar)
  expect(words((await later.get('/orders')).text)).toContain('1 × Ship’s bell')
  expect(words((await later.get('/cart')).text)).toContain('1 thing €23.00')
  expect(words((await signIn(served.browser())).text)).toContain('Welcome back, Ada.')

  const file = join(folder, 'data', 'shop.db')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  const bytes = ['', '-wal'].map((end) => readFileSync(file + end, 'latin1')).join('')
  expect(bytes).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(bytes).not.toContain(ADA.password)
  // A credential holds the handle, which is no secret, in 22 letters: any longer part of it would be one.
  const credential = ada.jar.value('sid') as string
  expect(credential.length).toBeGreaterThan(80)
  for (let at = 0; at + 24 <= credential.length; at += 1) expect(bytes).not.toContain(credential.slice(at, at + 24))
})

describe('a sign-up', () => {
  test.each([
    ['without a name', { name: '  ' }, 'Please say what to call you.'],
    ['with what is no email address', { email: 'ada at example' }, 'That is no email address.'],
    ['with a short password', { password: '1234567' }, 'A password needs 8 characters or more.'],
    ['with an endless password', { password: 'x'.repeat(257) }, 'A password has 256 characters at most.'],
  ])('%s is refused, and what was typed is kept', async (_what, fields, text) => {
    served = await openShop()
    const seen = await signUp(served.browser(), { next: '/cart', ...fields })
    expect(seen.path).toBe('/sign-up?next=%2Fcart')
    expect(words(seen.text)).toContain(text)
    expect(seen.text).toContain(`value="${{ ...ADA, ...fields }.email}"`)
    expect(seen.text).not.toContain({ ...ADA, ...fields }.password)
  })

  test('with an email that has an account is refused, even if both come at once', async () => {
    served = await openShop()
    const both = await Promise.all([signUp(served.browser()), signUp(served.browser())])
    const pages = both.map(({ text }) => words(text))
    expect(pages.filter((page) => page.includes('Welcome aboard, Ada.'))).toHaveLength(1)
    expect(pages.filter((page) => page.includes('There is an account with that email already.'))).toHaveLength(1)
  })
})

describe('a sign-in', () => {
  test('leads on to a path of the shop and nowhere else (OI-20), by 303 (OI-21)', async () => {
    served = await openShop()
    await signUp(served.browser())
    const seen = await signIn(served.browser(), { next: '/account' })
    expect([seen.path, seen.statuses]).toEqual(['/account', [303, 200]])
    for (const next of [
      '//evil.example',
      'https://evil.example/',
      '/\\evil.example',
      '/\t/evil.example',
      'javascript:1',
    ]) {
      expect((await signIn(served.browser(), { next })).path).toBe('/')
    }
  })

  test('as somebody else brings nothing of the one before', async () => {
    served = await openShop()
    const shared = served.browser()
    await signUp(shared)
    await add(shared, 'bell')
    await signUp(served.browser(), { name: 'Grace', email: 'grace@example.org' })
    const seen = await signIn(shared, { email: 'grace@example.org', next: '/cart' })
    expect(words(seen.text)).toContain('Signed in as Grace')
    expect(words(seen.text)).toContain('Nothing in it yet.')
  })

  test('of one who has no account takes a password check as well, and the same answer', async () => {
    served = await openShop()
    const seen = await signIn(served.browser(), { email: 'nobody@example.org' })
    expect(words(seen.text)).toContain('Email and password do not go together.')
    const long = await signIn(served.browser(), { password: 'x'.repeat(5_000) })
    expect(words(long.text)).toContain('Email and password do not go together.')
  })

  test('that another site sends is refused, and so is its sign-out (XS-01, XS-10)', async () => {
    served = await openShop()
    const ada = served.browser()
    await signUp(ada)
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await served.browser().post('/sign-in', ADA, evil)).status).toBe(403)
    expect((await ada.post('/sign-out', {}, evil)).status).toBe(403)
    expect(words((await ada.get('/')).text)).toContain('Signed in as Ada')
  })
})
