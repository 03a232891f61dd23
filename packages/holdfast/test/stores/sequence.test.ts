import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sequence } from '../../src/stores/sequence.js'

test('after any number come the items with a larger one, in order, whoever left meanwhile', () => {
  const act = fc.record({ leaves: fc.boolean(), which: fc.nat({ max: 200 }) })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), fc.nat({ max: 200 }), (acts, from) => {
      const sequence = new Sequence<string>()
      const model = new Set<number>()
      for (const [number, { leaves, which }] of acts.entries()) {
        sequence.add(number, `item-${number}`)
        model.add(number)
        if (!leaves) continue
        sequence.remove(which)
        model.delete(which)
      }
      expect(sequence.size).toBe(model.size)
      expect([...sequence.after(from)]).toEqual(
        [...model].filter((number) => number > from).map((number) => `item-${number}`),
      )
      expect([...sequence.after(-1)]).toHaveLength(model.size)
    }),
  )
})
