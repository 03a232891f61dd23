import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseOrigin } from '../../src/policy/origin.js'

describe('parseOrigin', () => {
  const table: readonly [string, string][] = [
    ['https://example.com', 'https://example.com'],
    ['HTTPS://Example.COM', 'https://example.com'],
    ['https://example.com:443', 'https://example.com'],
    ['http://example.com:80', 'http://example.com'],
    ['http://example.com:443', 'http://example.com:443'],
    ['https://example.com:8443', 'https://example.com:8443'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://[2001:DB8::1]', 'https://[2001:db8::1]'],
    ['https://my_host', 'https://my_host'],
    ['https://example.com.', 'https://example.com.'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
  ]
  for (const [text, origin] of table) test(`${text} is ${origin}`, () => expect(parseOrigin(text)).toBe(origin))

  const none = [
    '',
    'null',
    '*',
    'example.com',
    '//example.com',
    'https:/example.com',
    'https://',
    'https://example.com/',
    'https://example.com/path',
    'https://example.com?x',
    'https://example.com#x',
    'https://user@example.com',
    'https://example.com\\@evil.com',
    'https://example.com:',
    'https://example.com:port',
    'https://example.com:123456',
    ' https://example.com',
    'https://example.com\n',
    'https://example.com, https://evil.com',
    'https://exam ple.com',
    'https://müller.de',
    'https://exam%70le.com',
    'javascript:alert(1)',
  ]
  for (const text of none) test(`${JSON.stringify(text)} is none`, () => expect(parseOrigin(text)).toBe(null))

  test('what is an origin is one in its own spelling, and the same to the URL parser', () => {
    const text = fc.tuple(
      fc.constantFrom('http', 'https'),
      fc.domain(),
      fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
    )
    fc.assert(
      fc.property(text, ([scheme, host, port]) => {
        const written = `${scheme}://${host}${port === undefined ? '' : `:${port}`}`
        const origin = parseOrigin(written.toUpperCase())
        expect(origin).toBe(new URL(written).origin)
        expect(parseOrigin(origin ?? '')).toBe(origin)
      }),
    )
  })
})
