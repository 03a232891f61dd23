import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { service, testedWith } from '../../scripts/services/service.js'
import { root } from '../../scripts/steps.js'
import { startChromium } from './chromium.js'
import { startTwoProcesses } from './processes.js'
import { stories } from './stories.js'

const chromium = await startChromium()
const [redis, postgres] = [await service('redis'), await service('postgres')]
beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'examples/shop'], { cwd: root })
})
afterAll(async () => {
  if ('close' in chromium) await chromium.close()
  for (const server of [redis, postgres]) if ('stop' in server) await server.stop()
})

describeOn(chromium, 'in Chromium, with two processes of the shop behind one port', ({ browser }) => {
  describeOn(redis, 'on Redis', ({ url }) => {
    testedWith(redis, 'redis')
    stories(browser, () => startTwoProcesses(url))
  })
  describeOn(postgres, 'on Postgres', ({ url }) => {
    testedWith(postgres, 'pg')
    stories(browser, () => startTwoProcesses(url))
  })
})
