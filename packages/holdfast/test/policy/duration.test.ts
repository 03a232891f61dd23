import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Duration, duration } from '../../src/policy/duration.js'

describe('duration', () => {
  const table: readonly [Duration, number][] = [
    [1, 1],
    [1_500, 1_500],
    [1.4, 1],
    ['1ms', 1],
    ['500ms', 500],
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['1.5h', 5_400_000],
    ['1.1h', 3_960_000],
    ['0.5s', 500],
    ['36525d', 3_155_760_000_000],
  ]
  for (const [value, millis] of table) {
    test(`${JSON.stringify(value)} is ${millis} ms`, () => {
      expect(duration(value)).toBe(millis)
    })
  }

  const refused: readonly unknown[] = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    0,
    -1,
    0.4,
    3_155_760_000_001,
    '',
    '30',
    'm',
    '0m',
    '0.4ms',
    '-5m',
    '+5m',
    ' 5m',
    '5m\n',
    '5 m',
    '5M',
    '5min',
    '1h30m',
    '.5h',
    '5.h',
    '1e3ms',
    '0x10ms',
    'Infinityd',
    '٣m',
    `${'9'.repeat(400)}d`,
    '36526d',
    null,
    undefined,
    true,
    {},
    [5],
    5n,
  ]
  for (const value of refused) {
    test(`${typeof value === 'bigint' ? '5n' : (JSON.stringify(value) ?? 'undefined')} is refused`, () => {
      expect(() => duration(value as Duration)).toThrow(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
    })
  }

  test('TM-08 times that are no numbers, negative or endless are refused', () => {
    for (const value of [Number.NaN, -1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]) {
      expect(() => duration(value)).toThrow(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
      expect(() => duration(`${value}m`)).toThrow(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
    }
  })

  test('the message says what was there, in short, and what to write', () => {
    expect(() => duration('half an hour')).toThrow(`holdfast: "half an hour" is not a duration. Give milliseconds`)
    expect(() => duration('postgres://user:hunter2@db/')).toThrow('holdfast: "postgres://u…" is not a duration')
    expect(() => duration(-5)).toThrow('-5 is not a duration')
  })

  test('any text is a whole number of milliseconds or a coded error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.double(), fc.constantFrom('ms', 's', 'm', 'h', 'd')).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (value) => {
        try {
          expect(duration(value)).toSatisfy((millis: number) => Number.isSafeInteger(millis) && millis > 0)
        } catch (error) {
          expect(error).toMatchObject({ code: 'HOLDFAST_CONFIG' })
        }
      }),
    )
  })

  test('a mistyped unit is a compile error', () => {
    // @ts-expect-error: no such unit
    const mistyped: Duration = '30min'
    expect(() => duration(mistyped)).toThrow()
  })
})
