import { type Browser, chromium } from 'playwright-core'
import { findProgram } from '../../scripts/services/program.js'
import { record } from '../../scripts/services/record.js'
import { textOf } from '../../scripts/steps.js'

/** A browser that runs. */
export interface Running {
  readonly browser: Browser
  close(): Promise<void>
}

const wanted = {
  name: 'Chromium',
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/usr/bin/google-chrome',
    '/usr/bin/chromium-browser',
    '/usr/bin/chromium',
  ],
  install: 'chromium',
} as const

/**
 * Starts the Chromium of this machine; where there is none, on Debian and as root, the one of Debian. One that cannot be
 * had is said aloud; with `HOLDFAST_REQUIRE=all` it is an error.
 */
export async function startChromium(): Promise<Running | { readonly missing: string }> {
  const program = await findProgram(wanted)
  if ('missing' in program) {
    if (process.env.HOLDFAST_REQUIRE === 'all') throw new Error(program.missing)
    record({ service: 'chromium', missing: program.missing })
    console.warn(`\nSKIPPED, UNLESS HOLDFAST_REQUIRE=all: ${program.missing}\n`)
    return program
  }
  const browser = await chromium.launch({ executablePath: program.path })
  const { name, version } = JSON.parse(textOf('node_modules/playwright-core/package.json'))
  const client = `${name} ${version}`
  record({ service: 'chromium', version: `Chromium ${browser.version()}`, from: program.path, client })
  return { browser, close: () => browser.close() }
}
