import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type Gate, type Held, layGate } from './gate.js'
import { PATIENCE } from './patience.js'
import { add, cartOf, cookiesOf, fillPassword, fillSignIn, known, signIn, signUp, whoIs } from './shopper.js'
import type { Site } from './site.js'

/**
 * What people who use the shop must find, however many processes serve it. A test has browsers of its own, and shares the
 * site with all others.
 */
export function stories(browser: Browser, start: () => Promise<Site>): void {
  let site: Site
  let gate: Gate
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    site = await start()
    gate = await layGate(site.url)
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
  })
  afterAll(async () => {
    await gate.close()
    await site.close()
  })

  /** A browser that was never here, with one tab. Its cookies are its own. */
  async function somebody(url: string = gate.url): Promise<Page> {
    const context = await browser.newContext({ baseURL: url })
    contexts.push(context)
    context.setDefaultTimeout(PATIENCE)
    return context.newPage()
  }

  /** Opens a gate, and waits until what comes of it has arrived in a tab. */
  async function arrived(held: Held, tab: Page): Promise<Answer> {
    const loaded = tab.waitForEvent('load')
    const answer = await held.open()
    await loaded
    return answer
  }

  /** A cookie in a browser that has no other makes its user a visitor with an empty cart. */
  async function opensNothing(name: string, value: string): Promise<void> {
    const thief = await somebody()
    await thief.context().addCookies([{ name, value, url: gate.url }])
    expect(await whoIs(thief)).toBeNull()
    expect(await cartOf(thief)).toEqual({})
  }

  const saidGoodbye = (page: Page): Promise<void> =>
    page.getByRole('status').filter({ hasText: 'You are signed out.' }).waitFor()

  describe('the cart', () => {
    test('comes along into an account, under another handle and secret; the old cookie opens nothing (LC-01)', async () => {
      const page = await somebody()
      await add(page, 'Ship’s bell')
      await add(page, 'Fid')
      const before = await cookiesOf(page.context())
      expect(Object.keys(before)).toEqual(['vid'])
      const handle = await known(page, 'handle')
      expect(handle).toMatch(/^[\w-]{22}$/)
      expect(await known(page, 'user')).toBe('a visitor’s')

      const name = await signUp(page)
      const after = await cookiesOf(page.context())
      expect(Object.keys(after)).toEqual(['sid'])
      expect(after.sid).not.toBe(before.vid)
      expect(await known(page, 'handle')).toMatch(/^[\w-]{22}$/)
      expect(await known(page, 'handle')).not.toBe(handle)
      expect(await known(page, 'user')).toBe('a user’s')
      expect(await whoIs(page)).toBe(name)
      expect(await cartOf(page)).toEqual({ 'Ship’s bell': 1, Fid: 1 })
      await opensNothing('vid', before.vid ?? '')
    })

    test('keeps what two tabs put into it at the same moment (LC-07)', async () => {
      const one = await somebody()
      await add(one, 'Ship’s bell')
      const two = await one.context().newPage()
      await Promise.all([one.goto('/'), two.goto('/')])

      // Both have begun, so both have read the cart without the other's change, when the first of them may go on.
      const acts = []
      for (const [tab, item] of [
        [one, 'Fid'],
        [two, 'Carrick mat'],
      ] as const) {
        const held = gate.holdBody('POST /cart')
        acts.push({ tab, held, clicked: tab.getByRole('button', { name: `Add ${item} to cart` }).click() })
        await held.reached
      }
      await Promise.all(acts.flatMap(({ tab, held, clicked }) => [arrived(held, tab), clicked]))
      expect(await cartOf(one)).toEqual({ 'Ship’s bell': 1, Fid: 1, 'Carrick mat': 1 })
    })
  })

  describe('sign-out', () => {
    test('lasts, whatever a request that began before it and ends after it has to write (LC-06)', async () => {
      const page = await somebody()
      await signUp(page)
      const { sid = '' } = await cookiesOf(page.context())
      const slow = await page.context().newPage()
      await slow.goto('/')
      const held = gate.holdBody('POST /cart')
      const clicked = slow.getByRole('button', { name: 'Add Fid to cart' }).click()
      await held.reached

      await page.getByRole('button', { name: 'Sign out' }).click()
      await saidGoodbye(page)
      const before = await cookiesOf(page.context())
      const answer = await arrived(held, slow)
      await clicked

      expect(answer).toEqual({ to: 'POST /cart', status: 409, cookies: [] })
      expect(await cookiesOf(page.context())).toEqual(before)
      expect(await whoIs(page)).toBeNull()
      expect(await cartOf(page)).toEqual({})
      await opensNothing('sid', sid)
    })

    const ways = {
      'the button beside it': async (home: Page) => {
        await home.goto('/account')
        await home.getByRole('button', { name: /^Sign out there/ }).click()
        await home.getByRole('status').filter({ hasText: 'Signed out there.' }).waitFor()
      },
      'the button for all others': async (home: Page) => {
        await home.goto('/account')
        await home.getByRole('button', { name: 'Sign out everywhere else' }).click()
        await home.getByRole('status').filter({ hasText: 'Signed out in one other place.' }).waitFor()
      },
      'a new password (LC-13)': async (home: Page) => {
        const before = await cookiesOf(home.context())
        await fillPassword(home, 'another good password')
        await home.getByRole('button', { name: 'Change it' }).click()
        await home.getByRole('status').filter({ hasText: 'Every other device is signed out.' }).waitFor()
        expect((await cookiesOf(home.context())).sid).not.toBe(before.sid)
      },
    }

    test.each(Object.entries(ways))('of another device by %s ends it there, and not here', async (_way, end) => {
      const [home, away] = [await somebody(), await somebody()]
      const name = await signUp(home)
      await signIn(away, name)
      expect(await whoIs(away)).toBe(name)

      await end(home)
      expect(await whoIs(away)).toBeNull()
      expect(await whoIs(home)).toBe(name)
    })

    describe('beside a step-up', () => {
      /** A user in two tabs: one is about to change the password, the other about to sign out. */
      async function aboutTo() {
        const page = await somebody()
        await signUp(page)
        const other = await page.context().newPage()
        await fillPassword(other, 'another good password')
        return {
          page,
          other,
          change: () => other.getByRole('button', { name: 'Change it' }).click(),
          leave: () => page.locator('.who').getByRole('button', { name: 'Sign out' }).click(),
        }
      }

      test.each([
        ['the step-up’s answer, then its own', 0, 1],
        ['its own answer, then the step-up’s', 1, 0],
      ] as const)('wins after it, if there arrives %s', async (_order, first, second) => {
        const { page, other, change, leave } = await aboutTo()
        const steppedUp = gate.holdAnswer('POST /account/password')
        const changed = change()
        await steppedUp.reached
        const signedOut = gate.holdAnswer('POST /sign-out')
        const left = leave()
        await signedOut.reached

        // Each answer has come and been followed before the next is let through.
        const acts = [
          [steppedUp, other],
          [signedOut, page],
        ] as const
        for (const [held, tab] of [acts[first], acts[second]]) await arrived(held, tab)
        await Promise.all([changed, left])
        const stepUp = gate.answers.findLast(({ to }) => to === 'POST /account/password')
        const [, value = ''] = /^sid=([^;]+)/.exec(stepUp?.cookies.find((line) => line.startsWith('sid=')) ?? '') ?? []
        expect(value).not.toBe('')
        for (const tab of page.context().pages()) expect(await whoIs(tab)).toBeNull()
        await opensNothing('sid', value)
      })

      test('wins before it: the step-up fails, and sets no cookie', async () => {
        const { page, other, change, leave } = await aboutTo()
        const held = gate.holdBody('POST /account/password')
        const changed = change()
        await held.reached
        await leave()
        await saidGoodbye(page)
        expect(await arrived(held, other)).toMatchObject({ status: 409, cookies: [] })
        await changed
        for (const tab of page.context().pages()) expect(await whoIs(tab)).toBeNull()
      })
    })
  })

  describe('a sign-in', () => {
    test('stays although the answer to this visitor’s first write comes after it', async () => {
      const page = await somebody()
      const name = await signUp(await somebody())
      const slow = await page.context().newPage()
      await slow.goto('/')
      await fillSignIn(page, name)
      const held = gate.holdAnswer('POST /cart')
      const clicked = slow.getByRole('button', { name: 'Add Fid to cart' }).click()
      await held.reached

      await page.getByRole('button', { name: 'Sign in' }).click()
      await page
        .getByRole('status')
        .filter({ hasText: `Welcome back, ${name}.` })
        .waitFor()
      const { cookies } = await arrived(held, slow)
      await clicked

      expect(cookies).toEqual([expect.stringMatching(/^vid=/)])
      expect(Object.keys(await cookiesOf(page.context())).sort()).toEqual(['sid', 'vid'])
      for (const tab of [page, slow]) expect(await whoIs(tab)).toBe(name)
    })

    test.each(['localhost', '127.0.0.1'])('on http://%s lasts over reloads and in a new tab', async (host) => {
      const page = await somebody(gate.url.replace('127.0.0.1', host))
      const name = await signUp(page)
      const [cookie, ...others] = await page.context().cookies()
      expect(others).toEqual([])
      expect(cookie).toMatchObject({
        name: 'sid',
        domain: host,
        path: '/',
        httpOnly: true,
        secure: false,
        sameSite: 'Lax',
        expires: -1,
      })
      expect(await page.evaluate(() => document.cookie)).toBe('')

      await page.reload()
      expect(await page.locator('.who b').textContent()).toBe(name)
      expect(await whoIs(await page.context().newPage())).toBe(name)
      expect(await page.context().cookies()).toEqual([cookie])
    })
  })
}
