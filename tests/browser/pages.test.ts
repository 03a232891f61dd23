import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { startChromium } from './chromium.js'
import { forgetPictures, look, schemes, widths } from './look.js'
import { LEAST_CONTRAST, LEAST_FOCUS_CONTRAST, type Measures, measuresInPage } from './measures.js'
import { PATIENCE } from './patience.js'
import { add, fillSignIn, signIn, signUp } from './shopper.js'
import { type Site, startShop } from './site.js'

declare const measures: Measures

const FOLDER = 'pages'

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

/** Every page, by the name of its picture: first those that a visitor sees. */
const forVisitors = {
  goods: '/',
  item: '/goods/bell',
  cart: '/cart',
  'sign-in': '/sign-in',
  'sign-up': '/sign-up',
  try: '/try',
}
const forUsers = { cart: '/cart', orders: '/orders', account: '/account', nothing: '/nowhere' }

const chromium = await startChromium()
afterAll(async () => void ('close' in chromium && (await chromium.close())))

describeOn(chromium, 'each page, in Chromium', ({ browser }) => {
  let site: Site
  const contexts: BrowserContext[] = []
  beforeAll(async () => {
    forgetPictures(FOLDER)
    site = await startShop()
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
  })
  afterAll(() => site.close())

  async function open(width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
    const context = await browser.newContext({ baseURL: site.url, viewport: { width, height: 800 }, colorScheme })
    contexts.push(context)
    context.setDefaultTimeout(PATIENCE)
    await context.addInitScript(measuresInPage)
    return context.newPage()
  }

  /** Opens the drawer at the foot of the page. What that moves was meant to move. */
  async function openDrawer(page: Page): Promise<void> {
    await page.locator('#drawer summary').click()
    await page.evaluate(async () => {
      await measures.settled()
      measures.moved()
    })
  }

  /** Goes to each page in turn: as a visitor with something in the cart, then as a user with an order and a phone. */
  async function* everyPage(page: Page): AsyncGenerator<string> {
    await add(page, 'Ship’s bell')
    for (const [name, path] of Object.entries(forVisitors)) {
      await page.goto(path)
      yield `visitor-${name}`
    }
    await openDrawer(page)
    yield 'visitor-drawer'
    await fillSignIn(page, 'nobody')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('status').waitFor()
    yield 'visitor-refused'

    const user = await signUp(page)
    const phone = await browser.newContext({ baseURL: site.url, userAgent: PHONE })
    contexts.push(phone)
    phone.setDefaultTimeout(PATIENCE)
    await signIn(await phone.newPage(), user)
    await page.goto('/cart')
    await page.getByRole('button', { name: 'Place the order' }).click()
    await page.getByRole('heading', { name: /^Order/ }).waitFor()
    yield 'user-order'
    await add(page, 'Wooden block')
    for (const [name, path] of Object.entries(forUsers)) {
      await page.goto(path)
      yield `user-${name}`
    }
    await page.goto('/cart')
    await openDrawer(page)
    yield 'user-drawer'
  }

  describe.each(schemes)('in its %s colours', (scheme) => {
    test.each(widths)('at %i px fits, stands still, and can be read', async (width) => {
      const page = await open(width, scheme)
      const problems: string[] = []
      for await (const name of everyPage(page)) {
        const what = name.endsWith('drawer') ? 'window' : 'page'
        problems.push(...(await look(page, FOLDER, `${name}-${width}-${scheme}`, what)))
      }
      expect(problems).toEqual([])
    })

    test('is walked through by Tab, from control to control in its own order, with the focus in sight', async () => {
      const page = await open(768, scheme)
      const problems: string[] = []
      for await (const name of everyPage(page)) {
        if (name.endsWith('drawer')) continue // it stands closed on every page
        await page.goto(new URL(page.url()).pathname) // without a fragment, so that Tab begins at the top
        const count = await page.evaluate(() => measures.controls().length)
        for (let index = 0; index < count; index += 1) {
          await page.keyboard.press('Tab')
          const at = await page.evaluate(() => measures.focused())
          if (at.index !== index) problems.push(`${name}: "${at.label}" is ${at.index} of the page, ${index} by Tab`)
          if (at.outline < 2 || at.contrast < LEAST_FOCUS_CONTRAST) {
            problems.push(`${name}: no focus to be seen on "${at.label}" (${at.outline} px, ${at.contrast.toFixed(2)})`)
          }
          if (at.covered) problems.push(`${name}: something lies over "${at.label}"`)
        }
      }
      expect(problems).toEqual([])
    })
  })

  test('can be used with the keyboard alone, from the goods to an account', async () => {
    const page = await open(1440, 'light')
    /** Tab, until it is there: what cannot be reached so would time out. */
    const tabTo = async (name: string | RegExp, role: 'link' | 'button' | 'textbox'): Promise<void> => {
      const wanted = page.getByRole(role, { name }).and(page.locator('main *, header *'))
      await wanted.waitFor()
      const presses = 2 * (await page.evaluate(() => measures.controls().length))
      for (let pressed = 0; pressed < presses; pressed += 1) {
        await page.keyboard.press('Tab')
        if (await wanted.evaluate((element) => element === document.activeElement)) return
      }
      throw new Error(`No Tab leads to ${role} ${name}.`)
    }
    const name = `keys-${process.pid}`
    await page.goto('/')
    await tabTo('Add Ship’s bell to cart', 'button')
    await page.keyboard.press('Enter')
    await page.getByRole('status').waitFor()
    await tabTo(/^Cart/, 'link')
    await page.keyboard.press('Enter')
    await tabTo('Make an account', 'link')
    await page.keyboard.press('Enter')
    await tabTo('What shall we call you?', 'textbox')
    for (const text of [name, `${name}@example.org`, 'correct horse battery']) {
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page
      .getByRole('status')
      .filter({ hasText: `Welcome aboard, ${name}.` })
      .waitFor()
    await page.getByText('Ship’s bell').waitFor()
    await tabTo('Account', 'link')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  })
})

describeOn(chromium, 'the measures', ({ browser }) => {
  test('see what they look for', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 800 } })
    await page.addInitScript(measuresInPage)
    await page.goto('about:blank')
    await page.setContent(`<body style="margin: 0; background: #fff">
      <p id="moved" style="color: #777">Grey on white</p>
      <div style="background: rgb(0 0 0 / 80%)"><p style="color: #666">Grey on black</p><p style="color: #fff">White</p></div>
      <div style="width: 400px">Wide</div>
      <a href="#" style="outline: none">Hidden focus</a>
      <div style="position: fixed; inset: auto 0 0; height: 300px; background: #fff"></div>
      <a href="#" style="position: fixed; bottom: 100px; z-index: -1">Covered</a>`)
    await page.evaluate(async () => {
      const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve))
      await drawn()
      await drawn()
      document.body.style.paddingTop = '200px'
      await drawn()
      await drawn()
    })
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => measures.moved())).toEqual([
      { value: expect.any(Number), what: expect.stringMatching(/<p> from 320×[\d.]+ at 0,0 to 320×[\d.]+ at 0,200/) },
    ])
    expect(await page.evaluate((least) => measures.poorContrasts(least), LEAST_CONTRAST)).toEqual([
      'Grey on white (4.48)',
      expect.stringMatching(/^Grey on black/),
    ])
    expect(await page.evaluate(() => measures.overflow())).toBe(80)
    expect(await page.evaluate(() => measures.focused())).toMatchObject({
      index: 0,
      label: 'Hidden focus',
      outline: 0,
      covered: false,
    })
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => measures.focused())).toMatchObject({ index: 1, label: 'Covered', covered: true })
    await page.close()
  })
})
