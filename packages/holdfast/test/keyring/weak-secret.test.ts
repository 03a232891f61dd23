import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { weakness } from '../../src/keyring/weak-secret.js'

const SHORT = 'it is shorter than 32 bytes'
const EXAMPLE = 'it is made of the words of example secrets'
const REPEATS = 'it repeats a short text'
const TRACK = 'it runs along the alphabet or the keyboard'
const POOR = 'it has few different characters'

describe('KY-04 weak secrets', () => {
  const table: readonly [secret: string, reason: string][] = [
    ['', SHORT],
    ['x7Gq', SHORT],
    ['vR3!kPz9wQ7&mT2xLs8@hN5cJb4^fD1', SHORT],
    ['üüüvR3kPz9wQ7mT2xLs8hN5c', SHORT],
    ['keyboard cat', EXAMPLE],
    ['Keyboard-Cat', EXAMPLE],
    ['secret', EXAMPLE],
    ['changeme', EXAMPLE],
    ['CHANGE_ME_IN_PRODUCTION_PLEASE', EXAMPLE],
    ['your-secret', EXAMPLE],
    ['your-256-bit-secret', EXAMPLE],
    ['s3cr3t', EXAMPLE],
    ['P@$$w0rd', EXAMPLE],
    ['T0P S3CR3T', EXAMPLE],
    ['secret123456789012345678901234567890', EXAMPLE],
    ['secret42key42'.repeat(10), EXAMPLE],
    ['this-is-a-very-long-secret-key-please-change-it', EXAMPLE],
    ['super_secret_session_key_for_development_only', EXAMPLE],
    ['complex_password_at_least_32_characters_long', EXAMPLE],
    ['a secret with minimum length of 32 characters', EXAMPLE],
    ['replace-this-with-a-real-random-string-2024!!', EXAMPLE],
    ['<insert your own secret here, 32 chars or more>', EXAMPLE],
    ['SESSION_SECRET_SESSION_SECRET_SESSION_KEY', EXAMPLE],
    ['correct horse battery staple correct horse', EXAMPLE],
    ['keyboard cat'.repeat(5), EXAMPLE],
    ['secret'.repeat(10), EXAMPLE],
    ['x'.repeat(64), REPEATS],
    ['0'.repeat(32), REPEATS],
    ['vR3!kPz9'.repeat(8), REPEATS],
    ['vR3!kPz9wQ7&mT2xvR3!kPz9wQ7&mT2xvR3!kP', REPEATS],
    ['0123456789abcdef0123456789abcdef', REPEATS],
    ['abcdefghijklmnopqrstuvwxyz0123456789', TRACK],
    ['zyxwvutsrqponmlkjihgfedcba9876543210', TRACK],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.slice(0, 40), TRACK],
    ['qwertyuiopasdfghjklzxcvbnm123456', TRACK],
    ['1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y', TRACK],
    ['aaaabbbbccccddddeeeeffffgggghhhhiiiijjjj', TRACK],
    ['xoxxooxoxxxooxoxoxxoxooxxoxoxxxooxoxoxox', POOR],
    ['17211712712717217127721717211272172171127', POOR],
  ]
  for (const [secret, reason] of table) {
    test(`${JSON.stringify(secret.slice(0, 50))}: ${reason}`, () => {
      expect(weakness(secret)).toBe(reason)
    })
  }

  test('a reason never holds a part of the secret', () => {
    for (const [secret, reason] of table) if (secret.length > 8) expect(reason).not.toContain(secret.slice(0, 8))
  })

  test('a short secret is weak, whatever it is, and so is any repetition of it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 31 }), fc.integer({ min: 2, max: 40 }), (secret, times) => {
        expect(weakness(secret)).not.toBeNull()
        expect(weakness(secret.repeat(times))).not.toBeNull()
      }),
    )
  })

  test('what is made of the words of examples alone is weak at any length, however it is set', () => {
    const word = fc.constantFrom(
      'my',
      'super',
      'secret',
      'key',
      'change',
      'me',
      'please',
      'your',
      'session',
      'keyboard',
      'cat',
    )
    const join = fc.constantFrom('', ' ', '-', '_', '.', '42')
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), join, fc.boolean(), (words, separator, upper) => {
        const secret = words.join(separator)
        expect(weakness(upper ? secret.toUpperCase() : secret)).not.toBeNull()
      }),
    )
  })

  test('the time grows with the length alone', () => {
    // Each would run into the runner's time limit if a part of it were read again and again.
    expect(weakness(`${'a'.repeat(100_000)}-${'b'.repeat(100_000)}`)).not.toBeNull()
    expect(weakness('ab'.repeat(100_000))).toBe(REPEATS)
    expect(weakness(`${'secret'.repeat(20_000)}q`)).toBe(POOR)
  })
})

describe('KY-04 strong secrets', () => {
  test('32 random bytes are never weak, in hexadecimal, base64 or base64url', () => {
    for (let round = 0; round < 1_000; round += 1) {
      const bytes = randomBytes(32)
      for (const spelling of ['hex', 'base64', 'base64url'] as const) {
        const secret = bytes.toString(spelling)
        expect(weakness(secret), secret).toBeNull()
      }
    }
  })

  test('nor are more, or what a password manager or a UUID generator makes', () => {
    expect(weakness(createHash('sha512').update('fixed').digest('hex'))).toBeNull()
    expect(weakness('f47ac10b-58cc-4372-a567-0e02b2c3d479')).toBeNull()
    expect(weakness('vR3!kPz9wQ7&mT2xLs8@hN5cJb4^fD1%')).toBeNull()
    expect(weakness('8261940375518403962750184639271605')).toBeNull()
    expect(weakness('marble-otter-violin-thunder-cactus-ledger')).toBeNull()
    expect(weakness('key-8261940375518403962750184639271605')).toBeNull()
    expect(weakness('secret-marble-otter-violin-thunder-cactus')).toBeNull()
  })

  test('nor is a strong text that stands there twice', () => {
    const half = createHash('sha256').update('fixed').digest('base64url')
    expect(weakness(half + half)).toBeNull()
  })
})
