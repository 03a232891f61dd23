import { afterAll } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { startChromium } from './chromium.js'
import { startShop } from './site.js'
import { stories } from './stories.js'

const chromium = await startChromium()
afterAll(async () => void ('close' in chromium && (await chromium.close())))

describeOn(chromium, 'in Chromium, with one shop', ({ browser }) => stories(browser, startShop))
