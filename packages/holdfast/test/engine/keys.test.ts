import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashSecret } from '../../src/engine/credential.js'
import { formatKeys, type Keys, parseKeys } from '../../src/engine/keys.js'

const secret = fc.record({
  number: fc.integer({ min: 1, max: 36 ** 4 - 1 }),
  hash: fc.string().map(hashSecret),
  at: fc.integer({ min: 0, max: 36 ** 9 - 1 }),
})
const keys: fc.Arbitrary<Keys> = fc.record({
  current: secret,
  offers: fc.array(secret, { maxLength: 6 }),
  graced: fc.array(secret, { maxLength: 6 }),
  highest: fc.integer({ min: 1, max: 36 ** 4 - 1 }),
  stalled: fc.boolean(),
  suspect: fc.boolean(),
})

test('any state of a credential comes back from its text as it was', () => {
  fc.assert(
    fc.property(keys, (state) => {
      expect(parseKeys(formatKeys(state))).toEqual(state)
    }),
  )
})

test('a format digit higher than known is not read', () => {
  fc.assert(
    fc.property(keys, (state) => {
      expect(parseKeys(formatKeys(state).replace(/^1/, '2'))).toBeNull()
    }),
  )
})
