import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { startChromium } from './chromium.js'
import { forgetPictures, look, schemes, widths } from './look.js'
import { type Measures, type Moved, measuresInPage } from './measures.js'
import { PATIENCE } from './patience.js'
import { type Site, startShop } from './site.js'

declare const measures: Measures

/** What becomes of each attack, by library. */
const results: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tabs: { holdfast: 'kept', 'express-session': 'lost' },
  'sign-out': { holdfast: 'stayed-out', 'express-session': 'came-back' },
  'old-cookie': { holdfast: 'refused', 'express-session': 'refused', 'express-session-bare': 'accepted' },
  'planted-cookie': { holdfast: 'refused', 'express-session': 'refused', 'express-session-bare': 'accepted' },
  'cross-site': { holdfast: 'refused', 'express-session': 'accepted' },
}

const FOLDER = 'try'

const chromium = await startChromium()
afterAll(async () => void ('close' in chromium && (await chromium.close())))

describeOn(chromium, '“Try to break it”, in Chromium', ({ browser }) => {
  let site: Site
  beforeAll(async () => {
    forgetPictures(FOLDER)
    site = await startShop()
  })
  afterAll(() => site.close())

  describe.each(widths)('at %i px', (width) => {
    let page: Page
    beforeAll(async () => {
      const context = await browser.newContext({ baseURL: site.url, viewport: { width, height: 800 } })
      context.setDefaultTimeout(PATIENCE)
      await context.addInitScript(measuresInPage)
      page = await context.newPage()
      await page.goto('/try')
      await moved()
    })
    afterAll(() => page.context().close())

    /** What has moved since this was asked last. */
    const moved = (): Promise<Moved[]> =>
      page.evaluate(async () => {
        await measures.settled()
        return measures.moved()
      })

    /** What the page says of an attack, by library; empty before anything was tried. */
    async function shown(attack: string): Promise<Record<string, string>> {
      const outputs = await page.locator(`[data-attack="${attack}"]`).all()
      const pairs = outputs.map((output) =>
        Promise.all([output.getAttribute('data-library'), output.getAttribute('data-result')]),
      )
      return Object.fromEntries(await Promise.all(pairs))
    }

    test('offers the attacks that are tried below, and no other', async () => {
      const buttons = await page.locator('[data-try]').all()
      const offered = await Promise.all(buttons.map((button) => button.getAttribute('data-try')))
      expect(offered).toEqual(Object.keys(results))
    })

    test.each(Object.entries(results))('shows what becomes of %s: %o', async (attack, expected) => {
      expect(Object.values(await shown(attack)).join('')).toBe('')
      await page.locator(`[data-try="${attack}"]`).click()
      const pending = page.locator(`[data-attack="${attack}"]:is([data-result=""], [data-result="running"])`)
      await expect.poll(() => pending.count(), { timeout: PATIENCE }).toBe(0)
      expect(await shown(attack)).toEqual(expected)
    })

    test('can be read with all results in place, and did not move while they arrived', async () => {
      expect(await moved()).toEqual([])
      const problems: string[] = []
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme })
        problems.push(...(await look(page, FOLDER, `results-${width}-${colorScheme}`)))
      }
      expect(problems).toEqual([])
    })
  })
})
