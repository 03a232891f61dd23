import { afterEach, describe, expect, test } from 'vitest'
import { MOST_OF_ONE } from '../src/cart.js'
import { words } from './browser.js'
import { add, openShop, type ServedShop, signUp } from './open-shop.js'

let served: ServedShop
afterEach(() => served.close())

describe('a visitor', () => {
  test('who only looks costs no cookie and no row (PL-14)', async () => {
    served = await openShop()
    const visitor = served.browser()
    for (const path of ['/', '/goods/bell', '/cart', '/sign-in', '/account', '/nowhere']) {
      expect((await visitor.get(path)).cookies).toEqual([])
    }
    expect((await served.shop.sessions.all()).sessions).toEqual([])
  })

  test('fills a cart, changes how many, and takes things out again', async () => {
    served = await openShop()
    const visitor = served.browser()
    const added = await visitor.post('/cart', { sku: 'bell', quantity: '2', back: '/goods/bell' })
    expect(added.path).toBe('/goods/bell')
    expect(words(added.text)).toContain('Ship’s bell is in your cart.')
    await add(visitor, 'fid')
    expect(words((await visitor.get('/cart')).text)).toContain('3 things €167.00')
    expect(words((await visitor.post('/cart/bell', { quantity: '1' })).text)).toContain('2 things €95.00')
    expect(words((await visitor.post('/cart/fid', { quantity: '0' })).text)).toContain('1 thing €72.00')
    expect(words((await visitor.post('/cart/bell', { quantity: '0' })).text)).toContain('Nothing in it yet.')
  })

  test('is told once what was done', async () => {
    served = await openShop()
    const visitor = served.browser()
    expect((await add(visitor, 'bell')).text).toContain('role="status"')
    expect((await visitor.get('/cart')).text).not.toContain('role="status"')
  })

  test('is still told although the browser asked for an icon in between', async () => {
    served = await openShop()
    const visitor = served.browser()
    const first = await fetch(new URL('/cart', served.url), {
      method: 'POST',
      body: new URLSearchParams({ sku: 'bell', quantity: '1' }),
      headers: { 'sec-fetch-site': 'same-origin' },
      redirect: 'manual',
    })
    visitor.jar.take(first.headers.getSetCookie())
    expect((await visitor.get('/apple-touch-icon.png')).status).toBe(404)
    expect((await visitor.get('/cart')).text).toContain('role="status"')
  })
})

describe('two tabs at once', () => {
  test('each keep what they put into the cart (LC-07)', async () => {
    served = await openShop()
    const visitor = served.browser()
    await add(visitor, 'bell')
    await Promise.all(['fid', 'mat', 'block', 'cleat', 'lantern'].map((sku) => add(visitor, sku)))
    expect(words((await visitor.get('/cart')).text)).toContain('6 things')
  })

  test('lose no click on the same button (LC-07)', async () => {
    served = await openShop()
    const visitor = served.browser()
    await add(visitor, 'bell')
    await Promise.all(Array.from({ length: 15 }, () => add(visitor, 'bell')))
    expect(words((await visitor.get('/cart')).text)).toContain('16 things')
  })

  test('that change and remove different things do both', async () => {
    served = await openShop()
    const visitor = served.browser()
    await add(visitor, 'bell')
    await add(visitor, 'fid')
    await Promise.all([
      visitor.post('/cart/bell', { quantity: '4' }),
      visitor.post('/cart/fid', { quantity: '0' }),
      add(visitor, 'mat'),
    ])
    expect(words((await visitor.get('/cart')).text)).toContain('5 things €323.00')
  })

  test('that place the order at the same moment place it once', async () => {
    served = await openShop()
    const ada = served.browser()
    await signUp(ada)
    await add(ada, 'bell', 2)
    await Promise.all(Array.from({ length: 6 }, () => ada.post('/checkout')))
    const page = words((await ada.get('/orders')).text)
    expect(page.match(/2 × Ship’s bell/g)).toHaveLength(1)
    expect(words((await ada.get('/cart')).text)).toContain('Nothing in it yet.')
  })
})

describe('what cannot be', () => {
  test('is not put into the cart', async () => {
    served = await openShop()
    const visitor = served.browser()
    const bad = [
      { sku: 'kraken', quantity: '1' },
      { sku: '__proto__', quantity: '1' },
      { sku: 'constructor', quantity: '1' },
      { sku: 'bell', quantity: '0' },
      { sku: 'bell', quantity: '-1' },
      { sku: 'bell', quantity: '1e3' },
      { sku: 'bell', quantity: String(MOST_OF_ONE + 1) },
      { sku: 'bell' },
    ]
    for (const fields of bad) expect((await visitor.post('/cart', fields as Record<string, string>)).status).toBe(404)
    expect((await visitor.post('/cart/__proto__', { quantity: '1' })).status).toBe(404)
    expect(visitor.jar.cookies()).toEqual([])
  })

  test('goes no further than the most that can be ordered', async () => {
    served = await openShop()
    const visitor = served.browser()
    await add(visitor, 'fid', MOST_OF_ONE - 1)
    await add(visitor, 'fid', 5)
    expect(words((await visitor.get('/cart')).text)).toContain(`${MOST_OF_ONE} things`)
  })

  test('is not brought back by a stale tab that changes what was taken out', async () => {
    served = await openShop()
    const visitor = served.browser()
    await add(visitor, 'fid')
    await visitor.post('/cart/fid', { quantity: '0' })
    expect(words((await visitor.post('/cart/fid', { quantity: '3' })).text)).toContain('Nothing in it yet.')
  })

  test('is not found under another user’s order', async () => {
    served = await openShop()
    const ada = served.browser()
    await signUp(ada)
    await add(ada, 'bell')
    const placed = await ada.post('/checkout')
    expect(placed.path).toMatch(/^\/orders\/[0-9a-f]{12}$/)
    expect(words(placed.text)).toContain('Order placed.')

    const grace = served.browser()
    await signUp(grace, { name: 'Grace', email: 'grace@example.org' })
    expect((await grace.get(placed.path)).status).toBe(404)
    expect((await served.browser().get(placed.path)).path).toBe(`/sign-in?next=${encodeURIComponent(placed.path)}`)
  })
})
