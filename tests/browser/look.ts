import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../../scripts/steps.js'
import { LEAST_CONTRAST, type Measures, MOST_SHIFT } from './measures.js'

declare const measures: Measures

/** What a page is looked at in. */
export const schemes = ['light', 'dark'] as const
/** In pixels: a small phone, a tablet, a computer. */
export const widths = [320, 768, 1440] as const

const folderOf = (name: string): string => join(root, 'reports', 'screenshots', name)

/** Throws away the pictures of the last run. */
export function forgetPictures(folder: string): void {
  rmSync(folderOf(folder), { recursive: true, force: true })
}

/**
 * Takes a picture of a page, for people to look at, and answers what even a program sees to be wrong with it. The page must
 * have been loaded with `measuresInPage`. `what`: all of the page, or what is in its window.
 */
export async function look(
  page: Page,
  folder: string,
  name: string,
  what: 'page' | 'window' = 'page',
): Promise<string[]> {
  await page.waitForLoadState('load')
  const found = await page.evaluate(async (least) => {
    await measures.settled()
    return {
      overflow: measures.overflow(),
      moved: measures.moved(),
      poor: measures.poorContrasts(least),
      height: document.documentElement.scrollHeight,
    }
  }, LEAST_CONTRAST)
  await picture(page, join(folderOf(folder), `${name}.png`), what === 'page' ? found.height : 0)
  const shift = found.moved.reduce((sum, { value }) => sum + value, 0)
  return [
    ...(found.overflow > 0 ? [`${name} is ${found.overflow} px too wide`] : []),
    ...(shift > MOST_SHIFT ? found.moved.map(({ value, what }) => `${name} moves by ${value}: ${what}`) : []),
    ...found.poor.map((text) => `${name} is hard to read: ${text}`),
  ]
}

/** In a window of that height at least: what is fixed to its lower edge would otherwise lie across a longer page. */
async function picture(page: Page, path: string, height: number): Promise<void> {
  const size = page.viewportSize() ?? { width: 0, height: 0 }
  await page.setViewportSize({ ...size, height: Math.max(size.height, height) })
  await page.screenshot({ path })
  await page.setViewportSize(size)
  // What moved with the window did not move by itself.
  await page.evaluate(async () => {
    await measures.settled()
    measures.moved()
  })
}
