import { expect, test } from 'vitest'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { seededRandom } from '../../src/testing/seeded-random.js'

test('a fake clock moves only when it is told to', () => {
  const { now, advance, set } = fakeClock(1_000)
  expect([now(), now()]).toEqual([1_000, 1_000])
  expect(advance(500)).toBe(1_500)
  expect(advance('30m')).toBe(1_801_500)
  expect(set(7)).toBe(7)
  expect(now()).toBe(7)
})

test('two fake clocks start at the same moment', () => {
  expect(fakeClock().now()).toBe(fakeClock().now())
})

test('seeded numbers are the same for the same seed, evenly spread, and below 1', () => {
  const [first, second, other] = [seededRandom(3), seededRandom(3), seededRandom(4)]
  const numbers = Array.from({ length: 10_000 }, first)
  expect(Array.from({ length: 10_000 }, second)).toEqual(numbers)
  expect(other()).not.toBe(numbers[0])
  const counts = new Array<number>(10).fill(0)
  for (const number of numbers) counts[Math.floor(number * 10)] = (counts[Math.floor(number * 10)] ?? 0) + 1
  expect(Math.min(...counts)).toBeGreaterThan(900)
  expect(Math.max(...counts)).toBeLessThan(1_100)
})
