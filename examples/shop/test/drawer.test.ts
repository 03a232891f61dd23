import { afterEach, describe, expect, test } from 'vitest'
import { type Browser, words } from './browser.js'
import { add, openShop, type ServedShop, signUp } from './open-shop.js'
import { slowPost } from './slow-post.js'

let now = Date.UTC(2026, 0, 1)
let served: ServedShop
afterEach(() => served.close())

const open = async () => {
  served = await openShop({ now: () => now })
  return served.browser()
}

/** What the drawer says under a name; `null` where it says nothing. */
function known(page: string, name: string): string | null {
  const text = new RegExp(`<(\\w+)[^>]* data-known="${name}">(.*?)</\\1>`, 's').exec(page)?.[2]
  return text === undefined ? null : words(text)
}

const drawerOf = (page: string) => /<details class="drawer" id="drawer">.*<\/details>/s.exec(page)?.[0] ?? ''
const secretNumber = async (at: Browser) => known((await at.get('/')).text, 'secret')

describe('the drawer', () => {
  test('is on every page, closed', async () => {
    const ada = await open()
    await signUp(ada)
    for (const at of [ada, served.browser()]) {
      for (const path of [
        '/',
        '/goods/bell',
        '/cart',
        '/sign-in',
        '/sign-up',
        '/orders',
        '/account',
        '/try',
        '/nowhere',
      ]) {
        expect(drawerOf((await at.get(path)).text)).toContain('What the server knows')
      }
    }
  })

  test('tells a visitor who only looks that nothing is known, and makes it no less true (PL-14)', async () => {
    const visitor = await open()
    const seen = await visitor.get('/try')
    expect(words(drawerOf(seen.text))).toContain('so there is no cookie and no row')
    expect(seen.cookies).toEqual([])
    expect((await served.shop.sessions.all()).sessions).toEqual([])
  })

  test('tells what there is of a visitor', async () => {
    const visitor = await open()
    await add(visitor, 'bell')
    const [session] = (await served.shop.sessions.all()).sessions
    const { text } = await visitor.get('/cart')
    expect(known(text, 'handle')).toBe(session?.handle)
    expect(known(text, 'user')).toBe('a visitor’s')
    expect(known(text, 'secret')).toBe('number 1')
    expect(known(text, 'renews')).toBe('not at all: that is for users')
    expect(text).toContain('<meter aria-labelledby="left-idle" min="0" max="604800000"')
    expect(text).toContain('<span data-known="absolute">30 days of 30 days</span>')
  })

  test('tells what there is of a user, how much time is left, and when the secret is renewed', async () => {
    const ada = await open()
    await signUp(ada)
    const { text } = await ada.get('/')
    expect(known(text, 'user')).toBe('a user’s')
    expect(words(drawerOf(text))).toContain('signed in just now by pwd')
    expect(known(text, 'renews')).toBe('in 15 minutes')
    expect(text).toContain('<span data-known="idle">30 minutes of 30 minutes</span>')
    expect(text).toContain('<span data-known="absolute">12 hours of 12 hours</span>')
    now += 10 * 60_000
    const later = (await ada.get('/')).text
    expect(known(later, 'renews')).toBe('in 5 minutes')
    expect(later).toContain('value="42600000">11 hours 50 minutes of 12 hours</meter>')
    now += 6 * 60_000
    expect(known((await ada.get('/')).text, 'renews')).toBe('with the next answer')
    expect(await secretNumber(ada)).toBe('number 2')
    expect(known((await ada.get('/')).text, 'events')).toContain('renewed')
  })

  test('tells what the last request read and wrote', async () => {
    const visitor = await open()
    await add(visitor, 'bell')
    await visitor.post('/cart/bell', { quantity: '3' })
    const seen = await visitor.get('/cart')
    expect(known(seen.text, 'last')).toBe('GET /cart answered 200, just now')
    expect(known(seen.text, 'read')).toContain('cart')
    expect(known(seen.text, 'wrote')).toBe('nothing')

    const answer = await visitor.post('/cart/bell', { quantity: '4' })
    expect(known(answer.text, 'last')).toBe('POST /cart/bell answered 303, just now')
    expect(known(answer.text, 'wrote')).toBe('cart')
    expect(known(answer.text, 'merged')).toContain('nothing')
    expect(Number(known(answer.text, 'version'))).toBeGreaterThan(Number(known(seen.text, 'version')))
  })

  test('follows the session through a sign-in', async () => {
    const ada = await open()
    await add(ada, 'bell')
    const before = known((await ada.get('/')).text, 'handle')
    const { text } = await signUp(ada)
    expect(known(text, 'handle')).not.toBe(before)
    expect(known(text, 'last')).toBe('POST /sign-up answered 303, just now')
    expect(known(text, 'events')).toContain('signed-in')
  })

  test('shows no secret and no value of a field (ID-15)', async () => {
    const ada = await open()
    await signUp(ada)
    await add(ada, 'fid', 19)
    const drawer = drawerOf((await ada.get('/')).text)
    for (const { value } of ada.jar.cookies()) expect(drawer).not.toContain(value)
    expect(words(drawer).replace(known(drawer, 'handle') ?? '', '')).not.toMatch(/\bfid\b|\b19\b|ada@example/)
  })
})

test('what was merged is told: two requests that changed one cart at the same moment (LC-07)', async () => {
  const visitor = await open()
  await add(visitor, 'bell')
  await add(visitor, 'fid')
  const end = await slowPost(served, visitor, '/cart/bell', 'quantity=5')
  await visitor.post('/cart/fid', { quantity: '7' })
  expect((await end()).status).toBe(303)

  const { text } = await visitor.get('/')
  expect(known(text, 'last')).toBe('POST /cart/bell answered 303, just now')
  expect(known(text, 'merged')).toBe('cart')
  expect(words((await visitor.get('/cart')).text)).toContain('12 things')
})
