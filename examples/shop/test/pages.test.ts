import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { catalogue } from '../src/catalogue.js'
import { openDatabase } from '../src/database.js'
import { words } from './browser.js'
import { add, openShop, type ServedShop, signUp } from './open-shop.js'

let served: ServedShop
afterEach(() => served.close())

test('everything in the catalogue has its picture, its price and a page', async () => {
  served = await openShop()
  const visitor = served.browser()
  const list = (await visitor.get('/')).text
  for (const { sku, name } of catalogue) {
    expect(list).toContain(`href="/goods/${sku}"`)
    const page = await visitor.get(`/goods/${sku}`)
    expect(page.status).toBe(200)
    expect(words(page.text)).toContain(name)
    expect(page.text).not.toMatch(/class="picture"[^>]*><\/svg>/)
  }
})

test('names are text, whatever is in them', async () => {
  served = await openShop()
  const mallory = served.browser()
  const name = `<img src=x onerror="alert('1')">&`
  const typed = await signUp(mallory, { name, email: '"><script>' })
  expect(typed.text).toContain('value="&#34;&#62;&#60;script&#62;"')
  const seen = await signUp(mallory, { name })
  expect(seen.text).toContain('Signed in as <b>&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;</b>')
  for (const { text } of [typed, seen, await mallory.get('/account')]) {
    expect(text).not.toContain('<img')
    expect(text).not.toContain('<script')
  }
})

describe('every answer', () => {
  test('lets no script run, no frame show it, and no form lead elsewhere', async () => {
    served = await openShop()
    const visitor = served.browser()
    for (const path of ['/', '/nowhere', '/shop.css', '/sign-in']) {
      const { headers } = await visitor.get(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-security-policy')).toContain("form-action 'self'")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('x-powered-by')).toBeNull()
    }
  })

  test('is made without script and without style of its own', async () => {
    served = await openShop()
    const ada = served.browser()
    await signUp(ada)
    await add(ada, 'bell')
    for (const path of ['/', '/goods/bell', '/cart', '/orders', '/account', '/nowhere']) {
      expect((await ada.get(path)).text).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:/i)
    }
  })
})

test('the style sheet is kept for a year, and asked for without a session (PL-03)', async () => {
  served = await openShop()
  const ada = served.browser()
  await signUp(ada)
  const style = /href="(\/shop\.css\?[\w-]{10})"/.exec((await ada.get('/')).text)?.[1] ?? ''
  const { status, headers, cookies } = await ada.get(style)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toContain('text/css')
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(cookies).toEqual([])
  expect(() => served.shop.sessions.of(served.arrived.at(-1) as object)).toThrow('this request has no session')
})

describe('what goes wrong', () => {
  test('without a page is a page that says so', async () => {
    served = await openShop()
    const seen = await served.browser().get('/goods/kraken')
    expect(seen.status).toBe(404)
    expect(words(seen.text)).toContain('Nothing at anchor here')
  })

  test('in a form or an address is told kindly', async () => {
    served = await openShop()
    const visitor = served.browser()
    expect((await visitor.get('/goods/%E0%A4%A')).status).toBe(400)
    const large = await visitor.post('/cart', { sku: 'x'.repeat(20_000) })
    expect(large.status).toBe(413)
    expect(words(large.text)).toContain('Too much cargo')
    expect((await visitor.post('/cart', { sku: 'bell' }, { 'content-type': 'application/json' })).status).toBe(404)
    expect(served.log.filter((text) => !text.startsWith('holdfast:'))).toEqual([])
  })

  test('inside is written down, and nothing of it shown; an order that failed leaves the cart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-shop-'))
    const path = join(folder, 'shop.db')
    served = await openShop({ store: { kind: 'sqlite', path } })
    const ada = served.browser()
    await signUp(ada)
    await add(ada, 'bell')
    const other = await openDatabase(path)
    other.exec('DROP TABLE shop_orders')
    other.close()

    const seen = await ada.post('/checkout')
    expect(seen.status).toBe(500)
    expect(words(seen.text)).toContain('Something parted')
    expect(seen.text).not.toMatch(/shop_orders|sqlite|\.ts|\.js|node_modules/i)
    expect(served.log.join('\n')).toMatch(/POST \/checkout: .*shop_orders/)
    expect(words((await ada.get('/cart')).text)).toContain('1 thing €72.00')
    rmSync(folder, { recursive: true })
  })
})
