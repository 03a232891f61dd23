import type { SessionModule } from 'holdfast/express-session'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { answers } from './scenarios/answers.js'
import { cookies } from './scenarios/cookies.js'
import { failures } from './scenarios/failures.js'
import { methods } from './scenarios/methods.js'
import { presented } from './scenarios/presented.js'
import type { Scenario } from './scenarios/scenario.js'
import { writes } from './scenarios/writes.js'
import { type Framework, frameworks, site } from './site.js'
import { ours, theirs } from './subjects.js'

const scenarios = [...writes, ...methods, ...failures, ...cookies, ...presented, ...answers]

const NOW = Date.UTC(2030, 0, 1)

/** Everything of a scenario that anybody could see. Ids and time are the same for both, so that all is compared to the byte. */
async function seen(module: SessionModule, scenario: Scenario, framework: Framework): Promise<unknown> {
  vi.setSystemTime(NOW)
  const { visit, store, log, errors } = await site(module, { ...scenario, framework })
  const answers: unknown[] = []
  let looks = scenario.looks ?? 0
  if (module === theirs) looks = 0
  for (const step of scenario.steps) {
    vi.setSystemTime(Date.now() + (scenario.passing ?? 0))
    const { path, ...how } = typeof step === 'string' ? { path: step } : step
    const { status, header, body } = await visit(path, how)
    answers.push({ path, status, cookies: header('set-cookie'), body: body.toString(), stored: { ...store.sessions } })
  }
  const gets = log.filter((act) => act === 'get').length - looks
  return { answers, errors, gets, writes: log.filter((act) => act !== 'get') }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each(frameworks)('on %s answered, stored and sent as express-session does:', (framework) => {
  test.each(scenarios)('$title', async (scenario) => {
    expect(await seen(ours, scenario, framework)).toEqual(await seen(theirs, scenario, framework))
  })
})
