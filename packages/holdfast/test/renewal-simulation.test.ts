import { describe, expect, test } from 'vitest'
import { noGrace } from './interleave/mutants.js'
import { live, type Settings, type Story, thefts } from './simulation/world.js'

const show = (settings: Settings, story: Story): void => {
  const { requests, lostAnswers, failedWrites, refusals, renewals, longestWait, ended, reused, stalled } = story
  process.stdout.write(
    `\nseed ${settings.seed}, ${settings.clients} clients, ${settings.minutes} minutes, ${settings.loss * 100} % lost: ` +
      `${requests} requests, ${lostAnswers} answers lost, ${failedWrites} writes failed, ${refusals} requests refused, ` +
      `longest wait ${Math.round(longestWait / 1_000)} s, ${renewals} renewed cookies arrived, ` +
      `${ended.length} honest clients ended, ${reused.length} reused, ${stalled.length} stalled\n`,
  )
}

describe('LC-08: renewal, simulated: no honest client is signed out', () => {
  test.each([
    [0.01, 11],
    [0.01, 12],
    [0.15, 13],
    [0.15, 14],
  ])(
    '300 clients for an hour, a share of %d of all answers lost, seed %i',
    async (loss, seed) => {
      const settings = { seed, clients: 300, minutes: 60, loss }
      const story = await live(settings)
      show(settings, story)
      expect(story.ended).toEqual([])
      expect(story.reused).toEqual([])
      // The world was as bad as it was meant to be, and renewal took place in it.
      expect(story.renewals).toBeGreaterThan(600)
      expect(story.failedWrites).toBeGreaterThan(100)
      expect(story.longestWait).toBeGreaterThan(95_000)
      expect(story.lostAnswers / story.requests).toBeCloseTo(loss, 1)
    },
    120_000,
  )

  test('unless the grace of former cookies is taken out', async () => {
    const story = await live({ seed: 13, clients: 100, minutes: 60, loss: 0.15, tamper: noGrace })
    expect(story.ended.length).toBeGreaterThan(0)
    expect(story.reused.length).toBeGreaterThan(0)
  }, 120_000)
})

describe('LC-08 LC-09: renewal, simulated: a copied cookie is noticed', () => {
  test.each([21, 22, 23])(
    'seed %i: whoever copied it, in every run in which its owner renews',
    async (seed) => {
      const settings = { seed, clients: 60, minutes: 120, loss: 0.15, thieves: 30 }
      const story = await live(settings)
      show(settings, story)
      expect(story.cases.map(({ theft }) => theft).toSorted()).toEqual(
        thefts.flatMap((theft) => Array(10).fill(theft)).toSorted(),
      )
      const renewed = story.cases.filter(({ ownerRenewed }) => ownerRenewed)
      expect(renewed.length).toBeGreaterThan(15)
      const noticed = new Set(story.reused.map(({ user }) => user))
      process.stdout.write(
        `  ${story.cases.length} cookies copied, ${renewed.length} of them renewed by their owners afterwards, ` +
          `${renewed.filter(({ user }) => noticed.has(user)).length} of these noticed, ${noticed.size} in all\n`,
      )
      expect(renewed.filter(({ user }) => !noticed.has(user))).toEqual([])
      // The event says whose it was, and nobody else is accused or signed out.
      const robbed = new Set<string | null>(story.cases.map(({ user }) => user))
      expect([...noticed].filter((user) => !robbed.has(user))).toEqual([])
      expect(story.ended).toEqual([])
    },
    120_000,
  )
})
