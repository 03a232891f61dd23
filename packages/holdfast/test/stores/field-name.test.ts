import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeName, unescapeName } from '../../src/stores/field-name.js'

// Code units of all sorts, so that lone surrogates and U+0000 are among them.
const name = fc.array(fc.nat({ max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units))
const nasty = fc.array(fc.constantFrom('\\', '"', 'u', '0', '\u0000', '\ud800', '\udc00', 'a'), { maxLength: 12 })

test('every name comes back, in a form that every database keeps', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        name,
        nasty.map((parts) => parts.join('')),
      ),
      (text) => {
        const stored = escapeName(text)
        expect(unescapeName(stored)).toBe(text)
        expect(Buffer.from(stored).toString()).toBe(stored)
        expect(stored).not.toContain('\u0000')
      },
    ),
  )
})

test('a common name is stored as it is', () => {
  for (const text of ['cart', 'a.b', '$x', 'é', '😀', 'f:x', "it's", '']) expect(escapeName(text)).toBe(text)
})
