import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PriorityQueue, type Queued } from '../../src/stores/priority-queue.js'

test('items leave in order, whatever was added, moved and removed before', () => {
  const act = fc.record({
    what: fc.constantFrom('add', 'move', 'remove', 'take'),
    which: fc.nat(),
    at: fc.nat({ max: 30 }),
  })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
      const queue = new PriorityQueue<number>()
      const model: Queued<number>[] = []
      for (const [item, { what, which, at }] of acts.entries()) {
        const chosen = model[which % Math.max(1, model.length)]
        if (what === 'add' || chosen === undefined) {
          model.push(queue.add(item, at))
        } else if (what === 'move') {
          queue.move(chosen, at)
        } else {
          const gone = what === 'take' ? queue.first() : chosen
          if (gone === undefined) continue
          queue.remove(gone)
          model.splice(model.indexOf(gone), 1)
        }
        expect(queue.size).toBe(model.length)
        expect(queue.first()?.at).toBe(model.length === 0 ? undefined : Math.min(...model.map((queued) => queued.at)))
      }
      const left: number[] = []
      for (let first = queue.first(); first !== undefined; first = queue.first()) {
        left.push(first.at)
        queue.remove(first)
      }
      expect(left).toEqual(model.map((queued) => queued.at).sort((a, b) => a - b))
    }),
  )
})
