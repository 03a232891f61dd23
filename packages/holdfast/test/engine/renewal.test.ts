import { describe, expect, test } from 'vitest'
import { type Credential, hashSecret } from '../../src/engine/credential.js'
import { firstKeys, type Keys } from '../../src/engine/keys.js'
import {
  CLOCK_SKEW,
  GRACE,
  knowsSecret,
  LEASE,
  MOST_OFFERS,
  makeDue,
  offer,
  promote,
  stand,
  turn,
} from '../../src/engine/renewal.js'

const EVERY = 900_000
const T = 1_000_000_000
const hash = (name: string): string => hashSecret(name)
const shown = (name: string, number: number): Credential => ({ handle: 'h', number, hash: hash(name) })
const first = firstKeys(1, hash('s1'), T)
/** The keys after offers were made at these times, named s2, s3, … */
const withOffers = (...times: number[]): Keys =>
  times.reduce((keys, at, index) => offer(keys, hash(`s${index + 2}`), at).keys, first)

describe('what a credential is to a row', () => {
  const offered = withOffers(T + EVERY, T + EVERY + LEASE)
  const promoted = promote(offered, hash('s2'), T + EVERY + LEASE + 1)
  const graceEnds = T + EVERY + LEASE + 1 + GRACE + CLOCK_SKEW
  test.each([
    ['the current secret', first, shown('s1', 1), T, 'current'],
    ['an open offer', offered, shown('s2', 2), T + EVERY, 'offered'],
    ['a later open offer', offered, shown('s3', 3), T + EVERY, 'offered'],
    ['the secret before the current one, in its grace', promoted, shown('s1', 1), graceEnds, 'graced'],
    ['LC-08 the secret before the current one, after its grace', promoted, shown('s1', 1), graceEnds + 1, 'reused'],
    ['an offer with a higher number stays an offer', promoted, shown('s3', 3), graceEnds + 1, 'offered'],
    ['a secret that the row never had, of a number it gave out', promoted, shown('x', 3), T, 'reused'],
    ['a number above the highest: a write was lost', promoted, shown('x', 4), T, 'ahead'],
  ] as const)('%s', (_title, keys, credential, now, standing) => {
    expect(stand(keys, credential, now)).toBe(standing)
  })
})

describe('when a successor is offered', () => {
  const all = withOffers(...Array.from({ length: MOST_OFFERS }, (_, index) => T + EVERY + index * LEASE))
  const promoted = promote(withOffers(T + EVERY), hash('s2'), T + EVERY)
  test.each([
    ['not before it is due', first, T + EVERY - 1, 'not-yet'],
    ['when it is due', first, T + EVERY, 'offer'],
    ['not while the last offer is waited for', withOffers(T + EVERY), T + EVERY + LEASE - 1, 'not-yet'],
    ['again after the lease', withOffers(T + EVERY), T + EVERY + LEASE, 'offer'],
    ['not beyond six open offers', all, T + EVERY * 9, 'stalled'],
    ['nor said twice', { ...all, stalled: true }, T + EVERY * 9, 'not-yet'],
    ['not while a former secret has its grace', makeDue(promoted), T + EVERY + GRACE + CLOCK_SKEW, 'not-yet'],
    ['at the first moment after it', makeDue(promoted), T + EVERY + GRACE + CLOCK_SKEW + 1, 'offer'],
  ] as const)('%s', (_title, keys, now, expected) => {
    expect(turn(keys, EVERY, now)).toBe(expected)
  })
})

test('numbers only grow, also over offers that were forgotten by nobody', () => {
  const { keys, number } = offer(withOffers(T, T + LEASE), hash('s4'), T + 2 * LEASE)
  expect(number).toBe(4)
  expect(keys.highest).toBe(4)
  expect(keys.offers.map((each) => each.number)).toEqual([2, 3, 4])
})

test('an offer that overtook an earlier one leaves the earlier its grace', () => {
  const keys = promote(withOffers(T, T + LEASE), hash('s3'), T + LEASE + 5)
  expect(stand(keys, shown('s2', 2), T + LEASE + 6)).toBe('graced')
  expect(knowsSecret(keys, hash('s2'), T + LEASE + 6)).toBe(true)
  expect(knowsSecret(keys, hash('s2'), T + LEASE + 5 + GRACE + CLOCK_SKEW + 1)).toBe(false)
})

test('a promotion of what is no offer changes nothing', () => {
  expect(promote(first, hash('x'), T)).toBe(first)
})
