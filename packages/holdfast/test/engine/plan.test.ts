import { describe, expect, test } from 'vitest'
import { hashSecret } from '../../src/engine/credential.js'
import { firstKeys, formatKeys, parseKeys } from '../../src/engine/keys.js'
import { type Intent, patched, plan } from '../../src/engine/plan.js'
import type { Row } from '../../src/engine/row.js'

const T = 1_700_000_000_000
const terms = { createdAt: T, lifetimes: { idle: 1_800_000, absolute: 43_200_000 } }
const row = (change: Partial<Row> = {}): Row => ({
  handle: 'h'.repeat(22),
  kind: 'session',
  user: 'ada',
  link: null,
  facts: '1{}',
  keys: formatKeys(firstKeys(1, hashSecret('s1'), T)),
  fields: new Map([
    ['n', '1'],
    ['cart', '["a"]'],
  ]),
  version: 1,
  seenAt: T,
  expiresAt: T + 2_400_000,
  ended: null,
  ops: [],
  ...change,
})
const intent = (change: Partial<Intent> = {}): Intent => ({ op: 'o'.repeat(16), changes: [], ...change })
const ended = (reason: 'signed-out' | 'superseded') => ({ reason, successor: null, until: T, by: 'x' })

describe('what is planned', () => {
  test.each([
    ['no row: dropped', null, intent(), { act: 'dropped', reason: 'gone' }],
    [
      'a signed-out row: dropped',
      row({ ended: ended('signed-out') }),
      intent(),
      { act: 'dropped', reason: 'signed-out' },
    ],
    [
      'a superseded row: dropped',
      row({ ended: ended('superseded') }),
      intent(),
      { act: 'dropped', reason: 'superseded' },
    ],
    ['its own op is there: applied', row({ ops: ['o'.repeat(16)] }), intent(), { act: 'applied' }],
    ['nothing changed, seen just now: nothing', row(), intent(), { act: 'nothing' }],
    [
      'its own op on a row ended since: applied',
      row({ ops: ['o'.repeat(16)], ended: ended('signed-out') }),
      intent(),
      { act: 'applied' },
    ],
  ])('%s', (_title, known, wanted, expected) => {
    expect(plan(known, wanted, terms, T + 1)).toEqual(expected)
  })

  test('TM-05 a row past its idle time: dropped, whatever the store still holds', () => {
    expect(plan(row(), intent({ changes: [{ field: 'n', text: '2', base: '1' }] }), terms, T + 1_860_001)).toEqual({
      act: 'dropped',
      reason: 'expired',
    })
  })
})

describe('fields', () => {
  const patchOf = (known: Row, changes: Intent['changes']) => {
    const planned = plan(known, intent({ changes }), terms, T + 1)
    if (planned.act !== 'patch') throw new Error(planned.act)
    return planned
  }
  test('a field that was read is guarded by what it was read as', () => {
    const { patch } = patchOf(row(), [{ field: 'n', text: '2', base: '1' }])
    expect(patch.set).toEqual(new Map([['n', '2']]))
    expect(patch.ifFields).toEqual(new Map([['n', '1']]))
  })
  test('a field read as absent must be absent', () => {
    expect(patchOf(row(), [{ field: 'new', text: '1', base: null }]).patch.ifFields).toEqual(new Map([['new', null]]))
  })
  test('a field that was never read is simply set', () => {
    const { patch } = patchOf(row(), [{ field: 'n', text: '2', base: undefined }])
    expect(patch.ifFields).toBeUndefined()
  })
  test('a removed field is unset', () => {
    expect(patchOf(row(), [{ field: 'n', text: null, base: '1' }]).patch.unset).toEqual(['n'])
  })
  test('LC-07 what another request has added is merged, guarded by what is there', () => {
    const { patch, merged, overlapped } = patchOf(row(), [{ field: 'cart', text: '["b"]', base: '[]' }])
    expect(merged).toEqual(['cart'])
    expect(patch.set).toEqual(new Map([['cart', '["a","b"]']]))
    expect(patch.ifFields).toEqual(new Map([['cart', '["a"]']]))
    expect(overlapped).toEqual([])
  })
  test('both changed the same value: the later stays, and it is said', () => {
    const { patch, overlapped } = patchOf(row(), [{ field: 'n', text: '7', base: '0' }])
    expect(patch.set).toEqual(new Map([['n', '7']]))
    expect(overlapped).toEqual(['n'])
  })
  test('too many fields', () => {
    const changes = Array.from({ length: 511 }, (_, index) => ({ field: `f${index}`, text: '1', base: undefined }))
    expect(() => plan(row(), intent({ changes }), terms, T)).toThrow(/HOLDFAST_TOO_LARGE|at most 512 fields/)
    expect(() => plan(row(), intent({ changes: changes.slice(1) }), terms, T)).not.toThrow()
  })
  test('too many bytes, counted as UTF-8', () => {
    const huge = (units: number) => [{ field: 'big', text: `"${'é'.repeat(units)}"`, base: undefined }]
    expect(() => plan(row({ fields: new Map() }), intent({ changes: huge(2_097_151) }), terms, T)).toThrow(
      /at most 512 fields/,
    )
    expect(() => plan(row({ fields: new Map() }), intent({ changes: huge(2_097_140) }), terms, T)).not.toThrow()
  })
})

describe('touches', () => {
  test('TM-07 at most one in a throttle', () => {
    expect(plan(row(), intent(), terms, T + 59_999)).toEqual({ act: 'nothing' })
    expect(plan(row(), intent(), terms, T + 60_000)).toMatchObject({ act: 'patch', patch: { seenAt: T + 60_000 } })
  })
  test('a touch alone carries no op and no guard', () => {
    const planned = plan(row(), intent(), terms, T + 60_000)
    expect(planned).toMatchObject({ act: 'patch', patch: { expiresAt: expect.any(Number) } })
    expect(planned.act === 'patch' && Object.keys(planned.patch).sort()).toEqual(['expiresAt', 'seenAt'])
  })
})

describe('renewal', () => {
  const renewal = { every: 900_000, presented: hashSecret('s1'), candidate: hashSecret('s2'), wanted: false }
  test('when due, the offer rides with the data, guarded by the keys', () => {
    const planned = plan(
      row({ seenAt: T + 900_000 }),
      intent({ renewal, changes: [{ field: 'n', text: '2', base: '1' }] }),
      terms,
      T + 900_000,
    )
    expect(planned).toMatchObject({ act: 'patch', offered: 2, patch: { ifKeys: row().keys } })
    expect(planned.act === 'patch' && parseKeys(planned.patch.keys ?? '')?.offers).toEqual([
      { number: 2, hash: hashSecret('s2'), at: T + 900_000 },
    ])
  })
  test('LC-09 not in answer to a former secret', () => {
    const former = { ...renewal, presented: hashSecret('s0') }
    expect(plan(row({ seenAt: T + 900_000 }), intent({ renewal: former }), terms, T + 900_000)).toEqual({
      act: 'nothing',
    })
  })
  test('asked for while not allowed, it is noted in the row', () => {
    const keys = parseKeys(row().keys)
    if (keys === null) throw new Error('unreadable')
    const waiting = row({
      keys: formatKeys({ ...keys, offers: [{ number: 2, hash: hashSecret('x'), at: T }], highest: 2 }),
    })
    const planned = plan(waiting, intent({ renewal: { ...renewal, wanted: true } }), terms, T + 1)
    expect(planned).toMatchObject({ act: 'patch', offered: null })
    expect(planned.act === 'patch' && parseKeys(planned.patch.keys ?? '')?.current.at).toBe(0)
  })
})

test('a patch that was applied makes the row that it says', () => {
  const before = row()
  const after = patched(before, { set: new Map([['x', '1']]), unset: ['n'], seenAt: T - 5, expiresAt: T }, 2)
  expect(after).toMatchObject({ version: 2, seenAt: T, expiresAt: before.expiresAt })
  expect([...after.fields.keys()]).toEqual(['cart', 'x'])
  expect([...before.fields.keys()]).toEqual(['n', 'cart'])
})
