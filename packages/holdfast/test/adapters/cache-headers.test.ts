import { expect, test } from 'vitest'
import { noStore, overrulesCacheControl, varyByCookie } from '../../src/adapters/cache-headers.js'

test.each([
  [undefined, 'no-store'],
  ['', 'no-store'],
  ['public, max-age=60, s-maxage=600, immutable', 'no-store'],
  ['private', 'no-store'],
  ['no-store', 'no-store'],
  ['no-transform', 'no-store, no-transform'],
  ['public ,No-Transform, max-age=1', 'no-store, no-transform'],
  ['x="no-transform"', 'no-store'],
])('Cache-Control %j beside a session cookie becomes %j (PL-01)', (app, expected) => {
  expect(noStore(app)).toBe(expected)
})

test.each([
  [undefined, 'Cookie'],
  ['', 'Cookie'],
  [' , ', 'Cookie'],
  ['Accept-Encoding', 'Accept-Encoding, Cookie'],
  ['Cookie', 'Cookie'],
  ['Accept, cookie , Origin', 'Accept, cookie , Origin'],
  ['*', '*'],
  ['Accept, *', '*'],
])('Vary %j becomes %j (PL-01)', (app, expected) => {
  expect(varyByCookie(app)).toBe(expected)
})

test.each([
  ['cdn-cache-control', true],
  ['vendor-cdn-cache-control', true],
  ['surrogate-control', true],
  ['cache-control', false],
  ['surrogate-key', false],
])('%s overrules Cache-Control: %j', (name, expected) => {
  expect(overrulesCacheControl(name)).toBe(expected)
})
