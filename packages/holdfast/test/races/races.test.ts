import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import * as mutants from '../interleave/mutants.js'
import * as scenarios from '../interleave/scenarios/index.js'
import { clients, newPool } from '../stores/postgres-clients.js'
import { clustered, single } from '../stores/redis-clients.js'
import { type Ground, memoryGround, type Nodes, postgresGround, redisGround, sqliteGround } from './grounds.js'
import { type Races, races } from './races.js'
import { linesOf, type RacedStore } from './table.js'

const reports = fileURLToPath(new URL('../../../../reports/', import.meta.url))
/** Of each scenario on each store. */
const runs = Number(process.env.HOLDFAST_RACES) || 20
const HOUR = 3_600_000
const raced: RacedStore[] = []

/** Rules that are missed at once, with the law that breaks. */
const losses = [
  ['the field guard', mutants.noFieldGuard, scenarios.counter, /an increment is lost/],
  ['the key guard', mutants.noKeyGuard, scenarios.renewals, /accused|null instead of "ann"/],
  ['the self-ending of a late step-up', mutants.noSelfEnding, scenarios.signOutBesideStepUp, /rows of Ann after O: 1/],
] as const

function raceOn(store: string, version: string | null, open: Ground): void {
  describe(`races on ${store}`, () => {
    let nodes: Nodes
    let began = 0
    const done: Races[] = []
    const sum = (count: (races: Races) => number): number => done.reduce((total, one) => total + count(one), 0)
    beforeAll(async () => {
      nodes = await open()
      began = performance.now()
      return () => nodes.close()
    })

    test.each(Object.values(scenarios).map((scenario) => [scenario.name, scenario] as const))(
      '%s',
      async (_name, scenario) => {
        const tally = await races(scenario, nodes.stores, { runs })
        done.push(tally)
        expect(tally.reports).toEqual([])
        expect(tally.runs).toBe(runs)
        expect(tally.courses).toBeGreaterThan(1)
      },
      24 * HOUR,
    )

    test('the processes met in most runs', () => {
      const [all, met, violations] = [sum((one) => one.runs), sum((one) => one.met), sum((one) => one.violations)]
      const seconds = Math.round((performance.now() - began) / 1_000)
      raced.push({ store, version, seconds, runs: all, met, violations, scenarios: done })
      expect(met).toBeGreaterThan(all / 2)
    })

    test.each(losses)('without %s a law is broken', async (_rule, tamper, scenario, law) => {
      const tally = await races(scenario, nodes.stores, { runs: 20, tamper })
      expect(tally.violations).toBeGreaterThan(0)
      expect(tally.reports[0]).toMatch(law)
      expect(tally.reports[0]).toContain('order: as they raced on')
    })
  })
}

const [redis, valkey, cluster, postgres] = await Promise.all([
  service('redis'),
  service('valkey'),
  service('redis-cluster'),
  service('postgres'),
])
for (const server of [redis, valkey, cluster, postgres]) {
  afterAll(async () => void ('stop' in server && (await server.stop())))
}

raceOn('memory', null, memoryGround)
raceOn('sqlite, two processes', null, sqliteGround)
describeOn(redis, 'redis', ({ url, version }) => {
  for (const folder of ['redis', 'ioredis'] as const) {
    beforeAll(() => testedWith(redis, folder))
    raceOn(
      `redis by ${folder}`,
      version,
      redisGround(() => single[folder](url)),
    )
  }
})
describeOn(valkey, 'valkey', ({ url, version }) => {
  beforeAll(() => testedWith(valkey, 'iovalkey'))
  raceOn(
    'valkey by iovalkey',
    version,
    redisGround(() => single.iovalkey(url)),
  )
})
describeOn(cluster, 'redis-cluster', ({ urls, version }) => {
  for (const folder of ['redis', 'ioredis'] as const) {
    beforeAll(() => testedWith(cluster, folder))
    raceOn(
      `redis-cluster by ${folder}`,
      version,
      redisGround(() => clustered[folder](urls)),
    )
  }
})
describeOn(postgres, 'postgres', ({ url, version }) => {
  const admin = newPool(url)
  afterAll(() => admin.end())
  const drop = (table: string) => admin.query(`DROP TABLE "${table}"`)
  for (const [library, connect] of Object.entries(clients)) {
    beforeAll(() => testedWith(postgres, library))
    raceOn(
      `postgres by ${library}`,
      version,
      postgresGround(() => connect(url, 4), drop),
    )
  }
})

afterAll(() => {
  mkdirSync(reports, { recursive: true })
  writeFileSync(`${reports}races.json`, `${JSON.stringify({ runs, stores: raced }, null, 2)}\n`)
  process.stdout.write(`\n${linesOf(raced).join('\n')}\n`)
})
