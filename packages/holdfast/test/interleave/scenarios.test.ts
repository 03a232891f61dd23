import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { interleave, type Tally } from '../../src/testing/interleave.js'
import * as scenarios from './scenarios/index.js'

const reports = fileURLToPath(new URL('../../../../reports/', import.meta.url))
const limit = Number(process.env.HOLDFAST_SCHEDULES) || 5_000
const tallies: Tally[] = []

describe('every order of acts', () => {
  test.each(Object.values(scenarios).map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const tally = await interleave(scenario, { limit })
      tallies.push(tally)
      expect(tally.schedules).toBeGreaterThan(0)
      expect(tally.faults.tried).toBeGreaterThan(0)
    },
    3_600_000,
  )
})

afterAll(() => {
  mkdirSync(reports, { recursive: true })
  writeFileSync(`${reports}interleaver.json`, `${JSON.stringify({ limit, scenarios: tallies }, null, 2)}\n`)
  const sum = (count: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + count(tally), 0)
  const rows = tallies.map(line)
  const total = `${sum((t) => t.schedules + t.sampled + t.faults.schedules + t.faults.sampled)} schedules in all`
  process.stdout.write(`\nSchedules that were run (limit ${limit} a scenario):\n${rows.join('\n')}\n  ${total}\n`)
})

function line({ scenario, schedules, exhaustive, sampled, faults }: Tally): string {
  const plain = exhaustive ? `all ${schedules}` : `${schedules} one by one and ${sampled} drawn`
  const drawn = faults.sampled === 0 ? '' : ` and ${faults.sampled} drawn`
  return `  ${scenario}: ${plain}; ${faults.tried} faults: ${faults.schedules} one by one${drawn} (all orders of ${faults.exhaustive})`
}
