import { expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.js'
import { newHandle, newRow } from '../../src/testing/store-kit/fixture.js'
import { storeKit } from '../../src/testing/store-kit.js'
import { runApart } from './apart.js'

storeKit({
  test: (name, fn) => test(name, fn),
  name: 'a run that is kept apart',
  sweeps: false,
  open: async () => {
    const store = memoryStore()
    return { store: runApart()(store), close: async () => store.close() }
  },
})

test('two runs on one store know nothing of each other, though they name the same', async () => {
  const store = memoryStore()
  const [one, other] = [runApart()(store), runApart()(store)]
  const now = Date.now()
  const handle = newHandle()
  const row = newRow(now, { handle, user: 'ann', link: 'sid' })
  expect(await one.create(row, now)).toBe(true)
  expect(await other.get(handle, now)).toBeNull()
  expect((await other.find({ user: 'ann' }, now, null, 10)).rows).toEqual([])
  expect((await other.find({ link: 'sid' }, now, null, 10)).rows).toEqual([])
  expect(await other.create({ ...row, keys: '1other' }, now)).toBe(true)
  expect(await one.get(handle, now)).toEqual(row)
})
