import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Data, site } from '../support/site.js'

type Field = 'cart' | 'likes'
type Step =
  | { readonly does: 'assign'; readonly field: Field; readonly value: number }
  | { readonly does: 'remove' | 'read' | 'look' | 'update' | 'take'; readonly field: Field }
  | { readonly does: 'push'; readonly value: number }
  | { readonly does: 'commit' | 'await commit' | 'next request' }

const field = fc.constantFrom<Field>('cart', 'likes')
const value = fc.integer({ min: 0, max: 9 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('assign' as const), field, value }),
  fc.record({ does: fc.constantFrom('remove' as const, 'read', 'look', 'update', 'take'), field }),
  fc.record({ does: fc.constant('push' as const), value }),
  fc.record({ does: fc.constantFrom('commit' as const, 'await commit', 'next request') }),
)

/** What an object in memory would do. */
function model(data: Partial<Data>, step: Step): unknown {
  switch (step.does) {
    case 'assign':
      if (step.field === 'cart') data.cart = [`${step.value}`]
      else data.likes = step.value
      return undefined
    case 'remove':
      delete data[step.field]
      return undefined
    case 'push':
      ;(data.cart ??= []).push(`${step.value}`)
      return undefined
    case 'read':
    case 'look':
      return data[step.field]
    case 'update':
      if (step.field === 'cart') data.cart = [...(data.cart ?? []), 'u']
      else data.likes = (data.likes ?? 0) + 1
      return data[step.field]
    case 'take': {
      const taken = data[step.field]
      delete data[step.field]
      return taken
    }
    default:
      return undefined
  }
}

test('to one client, whatever it does one after the other, a session is an object that is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, isUser) => {
      const { browser, events } = site()
      const client = browser()
      if (isUser) await client.ask((session) => session.signIn('ada'))
      const kept: Partial<Data> = {}
      let at = 0
      while (at < steps.length) {
        await client.ask(async (session) => {
          for (; at < steps.length; at += 1) {
            const step = steps[at] as Step
            if (step.does === 'next request') break
            const expected = structuredClone(model(kept, step))
            const { data } = session
            if (step.does === 'commit') void session.commit()
            else if (step.does === 'await commit') await session.commit()
            else if (step.does === 'read') expect(session.read(step.field)).toEqual(expected)
            else if (step.does === 'look') expect(data[step.field]).toEqual(expected)
            else if (step.does === 'take') expect(await session.take(step.field)).toEqual(expected)
            else if (step.does === 'update') {
              const updated =
                step.field === 'cart'
                  ? await session.update('cart', (cart) => [...(cart ?? []), 'u'])
                  : await session.update('likes', (likes) => (likes ?? 0) + 1)
              expect(updated).toEqual(expected)
            } else model(data, step)
          }
        })
        at += 1
      }
      expect(await client.ask((session) => ({ ...session.data }))).toEqual(kept)
      expect([events.overlapped, events.dropped]).toEqual([[], []])
    }),
    {
      numRuns: 2000,
      examples: [
        // A commit that nobody awaits comes back after an update of another field.
        [
          [
            { does: 'commit' },
            { does: 'commit' },
            { does: 'push', value: 0 },
            { does: 'update', field: 'likes' },
            { does: 'look', field: 'likes' },
          ],
          true,
        ],
        // A field is removed while the first write of a visitor, which holds it, is under way.
        [
          [
            { does: 'push', value: 0 },
            { does: 'commit' },
            { does: 'remove', field: 'cart' },
            { does: 'update', field: 'cart' },
          ],
          false,
        ],
      ],
    },
  )
})
