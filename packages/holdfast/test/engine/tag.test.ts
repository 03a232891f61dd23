import { createHmac, createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tagger } from '../../src/engine/tag.js'

const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 })
const text = fc.string({ unit: 'binary-ascii', minLength: 76, maxLength: 76 })

test('the tag of a credential is the HMAC-SHA-256 that node:crypto computes, whatever the key', () => {
  fc.assert(
    fc.property(bytes, fc.array(text, { minLength: 1, maxLength: 3 }), (key, texts) => {
      const secret = createSecretKey(key)
      const tag = tagger(secret, 76)
      for (const one of texts) expect(tag(one)).toBe(createHmac('sha256', secret).update(one).digest('base64url'))
    }),
    { numRuns: 500 },
  )
})

test('taggers of two keys share nothing', () => {
  const [one, two] = [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(32, 2))].map((key) =>
    tagger(key, 3),
  )
  expect(one?.('abc')).not.toBe(two?.('abc'))
  expect(one?.('abc')).toBe(createHmac('sha256', Buffer.alloc(32, 1)).update('abc').digest('base64url'))
})
