import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Json, merge, mergeTexts } from '../../src/engine/merge.js'

/** Absent. */
const none = undefined

interface Case {
  title: string
  base: Json | undefined
  mine: Json | undefined
  theirs: Json | undefined
  merged: Json | undefined
  overlapped?: true
}

function check(cases: readonly Case[]): void {
  for (const { title, base, mine, theirs, merged, overlapped } of cases) {
    test(title, () => {
      const result = merge(base, mine, theirs)
      expect(result).toEqual({ value: merged, overlapped: overlapped ?? false })
      if (merged !== undefined) expect(JSON.stringify(result.value)).toBe(JSON.stringify(merged))
    })
  }
}

describe('LC-07 single values: the later one stands, and says so', () => {
  check([
    { title: 'nobody changed it', base: 1, mine: 1, theirs: 1, merged: 1 },
    { title: 'only mine', base: 1, mine: 2, theirs: 1, merged: 2 },
    { title: 'only theirs', base: 1, mine: 1, theirs: 3, merged: 3 },
    { title: 'both', base: 1, mine: 2, theirs: 3, merged: 2, overlapped: true },
    { title: 'both, to the same', base: 1, mine: 2, theirs: 2, merged: 2, overlapped: true },
    { title: 'both set what was absent', base: none, mine: 'a', theirs: 'b', merged: 'a', overlapped: true },
    { title: 'only mine set what was absent', base: none, mine: 'a', theirs: none, merged: 'a' },
    { title: 'only theirs set what was absent', base: none, mine: none, theirs: 'b', merged: 'b' },
    { title: 'mine deleted it', base: 1, mine: none, theirs: 1, merged: none },
    { title: 'theirs deleted it', base: 1, mine: 1, theirs: none, merged: none },
    { title: 'both deleted it', base: 1, mine: none, theirs: none, merged: none },
    { title: 'mine deleted what theirs changed', base: 1, mine: none, theirs: 2, merged: none, overlapped: true },
    { title: 'mine changed what theirs deleted', base: 1, mine: 2, theirs: none, merged: 2, overlapped: true },
    { title: 'null is a value', base: null, mine: 1, theirs: none, merged: 1, overlapped: true },
    { title: 'a text is no number', base: 1, mine: '1', theirs: 1, merged: '1' },
    { title: 'a number beside an object', base: 1, mine: 2, theirs: { a: 1 }, merged: 2, overlapped: true },
    { title: 'an object beside a list', base: none, mine: { a: 1 }, theirs: [1], merged: { a: 1 }, overlapped: true },
    { title: 'a list beside an object', base: { a: 1 }, mine: [1], theirs: { a: 2 }, merged: [1], overlapped: true },
    { title: 'an unchanged object that theirs replaced', base: { a: 1 }, mine: { a: 1 }, theirs: 5, merged: 5 },
    { title: 'two lists in the place of an object', base: {}, mine: [1], theirs: [2], merged: [1], overlapped: true },
    {
      title: 'two objects in the place of null',
      base: null,
      mine: { a: 1 },
      theirs: { b: 1 },
      merged: { a: 1 },
      overlapped: true,
    },
  ])
})

describe('LC-07 objects: by key', () => {
  check([
    {
      title: 'different keys',
      base: { a: 1, b: 1 },
      mine: { a: 2, b: 1 },
      theirs: { a: 1, b: 3 },
      merged: { a: 2, b: 3 },
    },
    { title: 'both added a key', base: {}, mine: { a: 1 }, theirs: { b: 2 }, merged: { b: 2, a: 1 } },
    { title: 'both made the object', base: none, mine: { a: 1 }, theirs: { b: 2 }, merged: { b: 2, a: 1 } },
    { title: 'both made an empty object', base: none, mine: {}, theirs: {}, merged: {} },
    {
      title: 'the same key',
      base: { a: 1, b: 1 },
      mine: { a: 2, b: 2 },
      theirs: { a: 3, b: 1 },
      merged: { a: 2, b: 2 },
      overlapped: true,
    },
    {
      title: 'the same key, the same value',
      base: {},
      mine: { a: 1 },
      theirs: { a: 1 },
      merged: { a: 1 },
      overlapped: true,
    },
    { title: 'mine deleted a key', base: { a: 1, b: 1 }, mine: { b: 1 }, theirs: { a: 1, b: 2 }, merged: { b: 2 } },
    { title: 'theirs deleted a key', base: { a: 1, b: 1 }, mine: { a: 1, b: 2 }, theirs: { b: 1 }, merged: { b: 2 } },
    {
      title: 'mine deleted a key that theirs changed',
      base: { a: 1 },
      mine: {},
      theirs: { a: 2 },
      merged: {},
      overlapped: true,
    },
    {
      title: 'deep inside',
      base: { user: { name: 'Ada', tags: { x: 1 } } },
      mine: { user: { name: 'Ada', tags: { x: 1, y: 2 } } },
      theirs: { user: { name: 'Ada L.', tags: { x: 1, z: 3 } }, seen: true },
      merged: { user: { name: 'Ada L.', tags: { x: 1, z: 3, y: 2 } }, seen: true },
    },
    {
      title: 'theirs in its order, then what mine added',
      base: { a: 1 },
      mine: { m: 1, a: 1, n: 1 },
      theirs: { t: 1, a: 1 },
      merged: { t: 1, a: 1, m: 1, n: 1 },
    },
    {
      title: 'another order of the keys is no change',
      base: { a: 1, b: 1 },
      mine: { b: 1, a: 1 },
      theirs: { a: 2, b: 1 },
      merged: { a: 2, b: 1 },
    },
    {
      title: 'a list in an object',
      base: { cart: [1] },
      mine: { cart: [1, 2] },
      theirs: { cart: [1, 3] },
      merged: { cart: [1, 3, 2] },
    },
    {
      title: 'names that objects inherit are keys like others',
      base: {},
      mine: { constructor: 1 },
      theirs: { toString: 2 },
      merged: { toString: 2, constructor: 1 },
    },
  ])
})

describe('LC-07 lists: what both add stays, removals hold', () => {
  check([
    { title: 'push beside push: theirs, then mine', base: [1], mine: [1, 3], theirs: [1, 2], merged: [1, 2, 3] },
    { title: 'the first push of both', base: none, mine: ['m'], theirs: ['t'], merged: ['t', 'm'] },
    { title: 'equal pushes both stay', base: [1], mine: [1, 5], theirs: [1, 5], merged: [1, 5, 5] },
    { title: 'several pushes keep their order', base: [], mine: [3, 4], theirs: [1, 2], merged: [1, 2, 3, 4] },
    {
      title: 'unshift beside push',
      base: ['b'],
      mine: ['m', 'n', 'b'],
      theirs: ['b', 't'],
      merged: ['m', 'n', 'b', 't'],
    },
    { title: 'push beside unshift', base: ['b'], mine: ['b', 'm'], theirs: ['t', 'b'], merged: ['t', 'b', 'm'] },
    { title: 'unshift beside unshift', base: ['b'], mine: ['m', 'b'], theirs: ['t', 'b'], merged: ['m', 't', 'b'] },
    {
      title: 'an insertion stays behind what it follows',
      base: [1, 2],
      mine: [1, 9, 2],
      theirs: [0, 1, 2, 3],
      merged: [0, 1, 9, 2, 3],
    },
    {
      title: 'or behind the nearest before that, where theirs took it out',
      base: [1, 2, 3],
      mine: [1, 2, 9, 3],
      theirs: [1, 3],
      merged: [1, 9, 3],
    },
    { title: 'removal beside push', base: [1, 2, 3], mine: [1, 3], theirs: [1, 2, 3, 4], merged: [1, 3, 4] },
    { title: 'push beside removal', base: [1, 2, 3], mine: [1, 2, 3, 4], theirs: [1, 3], merged: [1, 3, 4] },
    { title: 'removal beside removal', base: [1, 2, 3], mine: [2, 3], theirs: [1, 2], merged: [2] },
    { title: 'both removed the same', base: [1, 2], mine: [2], theirs: [2], merged: [2] },
    { title: 'one of two equal, removed by both, was two', base: [1, 1, 1], mine: [1, 1], theirs: [1, 1], merged: [1] },
    { title: 'emptied beside push', base: [1, 2], mine: [], theirs: [1, 2, 3], merged: [3] },
    { title: 'replaced beside push', base: [1, 2], mine: [7, 8], theirs: [1, 2, 3], merged: [3, 7, 8] },
    {
      title: 'an element changed in place',
      base: [{ n: 1 }, 2],
      mine: [{ n: 5 }, 2],
      theirs: [{ n: 1 }, 2, 3],
      merged: [{ n: 5 }, 2, 3],
    },
    {
      title: 'an element that both changed is there twice',
      base: [{ sku: 'a', n: 1 }],
      mine: [{ sku: 'a', n: 2 }],
      theirs: [{ sku: 'a', n: 3 }],
      merged: [
        { sku: 'a', n: 3 },
        { sku: 'a', n: 2 },
      ],
    },
    {
      title: 'mine moved the first to the end',
      base: [1, 2, 3],
      mine: [2, 3, 1],
      theirs: [1, 2, 3, 4],
      merged: [2, 3, 1, 4],
    },
    {
      title: 'theirs moved the first to the end',
      base: [1, 2, 3],
      mine: [1, 2, 3, 4],
      theirs: [2, 3, 1],
      merged: [2, 3, 1, 4],
    },
    {
      title: 'mine sorted, theirs removed and inserted',
      base: [3, 1, 2],
      mine: [1, 2, 3],
      theirs: [3, 9, 2],
      merged: [2, 3, 9],
    },
    {
      title: 'mine sorted, theirs unshifted',
      base: [3, 1, 2],
      mine: [1, 2, 3],
      theirs: [0, 3, 1, 2],
      merged: [0, 1, 2, 3],
    },
    {
      title: 'both reordered: in the order of mine',
      base: [1, 2, 3],
      mine: [3, 1, 2],
      theirs: [2, 1, 3],
      merged: [3, 1, 2],
    },
    {
      title: 'a bounded list, newest first, of equal elements',
      base: ['x', 'y', 'z', 'x'],
      mine: ['y', 'x', 'y', 'z'],
      theirs: ['t', 'x', 'y', 'z', 'x'],
      merged: ['y', 't', 'x', 'y', 'z'],
    },
    {
      title: 'a bounded list, newest last, of equal elements',
      base: ['x', 'y', 'z', 'x'],
      mine: ['y', 'z', 'x', 'y'],
      theirs: ['t', 'x', 'y', 'z', 'x'],
      merged: ['t', 'y', 'z', 'x', 'y'],
    },
    { title: 'a text is no number in a list either', base: [1], mine: [1, '1'], theirs: [1], merged: [1, '1'] },
    {
      title: 'lists in lists are whole values',
      base: [[1]],
      mine: [[1, 2]],
      theirs: [[1, 3]],
      merged: [
        [1, 3],
        [1, 2],
      ],
    },
  ])
})

describe('texts', () => {
  test('LC-07 a field is merged as text, null being absent', () => {
    expect(mergeTexts('{"a":1}', '{"a":1,"m":2}', '{"a":1,"t":3}')).toEqual({
      text: '{"a":1,"t":3,"m":2}',
      overlapped: false,
    })
    expect(mergeTexts(null, '[1]', '[1]')).toEqual({ text: '[1,1]', overlapped: false })
    expect(mergeTexts('1', '2', '2')).toEqual({ text: '2', overlapped: true })
    expect(mergeTexts('1', null, '2')).toEqual({ text: null, overlapped: true })
    expect(mergeTexts('1', null, null)).toEqual({ text: null, overlapped: false })
    expect(mergeTexts(null, null, '2')).toEqual({ text: '2', overlapped: false })
  })

  test('where only one changed, its text is answered as it is', () => {
    expect(mergeTexts('[1]', ' [ 2 ]', '[1]').text).toBe(' [ 2 ]')
    expect(mergeTexts('[1]', '[1]', ' [ 2 ]').text).toBe(' [ 2 ]')
  })
})

describe('what must not happen', () => {
  test('__proto__ is a key like others, and pollutes nothing', () => {
    const base = '{"o":{"__proto__":{"x":1,"y":1}}}'
    const mine = '{"o":{"__proto__":{"x":2,"y":1,"polluted":1},"m":1}}'
    const theirs = '{"o":{"__proto__":{"x":1,"y":3},"t":1}}'
    const merged = '{"o":{"__proto__":{"x":2,"y":3,"polluted":1},"t":1,"m":1}}'
    expect(mergeTexts(base, mine, theirs)).toEqual({ text: merged, overlapped: false })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('nesting that only a parser survives is not looked into', () => {
    const deep = (inside: string) => `${'['.repeat(100_000)}${inside}${']'.repeat(100_000)}`
    expect(mergeTexts(deep('1'), deep('2'), deep('3'))).toEqual({ text: deep('2'), overlapped: true })
    expect(mergeTexts(deep('1'), deep('1'), deep('3'))).toEqual({ text: deep('3'), overlapped: false })
    expect(mergeTexts(deep('1'), null, null)).toEqual({ text: null, overlapped: false })
    const nested: Json = JSON.parse(deep('1'))
    expect(merge(nested, 2, nested).value).toBe(2)
  })

  test('every depth that may be stored is merged', () => {
    const deep = (inside: string) => `${'{"a":'.repeat(499)}${inside}${'}'.repeat(499)}`
    const merged = mergeTexts(deep('{}'), deep('{"m":1}'), deep('{"t":1}'))
    expect(merged).toEqual({ text: deep('{"t":1,"m":1}'), overlapped: false })
  })

  test('lists are merged without comparing each element with each', () => {
    // With 10,000,000,000 comparisons this would run into the runner's time limit.
    const numbers = Array.from({ length: 100_000 }, (_, index) => index % 50_000)
    expect(merge(numbers, [...numbers, 1], [...numbers.slice(10), 2]).value).toHaveLength(99_992)
    expect(merge(numbers, [...numbers.toReversed(), 1], [...numbers.slice(10), 2]).value).toHaveLength(99_992)
  })
})

describe('LC-07 properties', () => {
  const scalar = fc.constantFrom<Json>(null, true, 0, 1, 2, '', 'a')
  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')
  const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => toObject(entries)),
    ),
  }))
  const field = fc.option(json, { nil: undefined })
  const list = fc.array(scalar, { maxLength: 8 })

  function toObject(entries: readonly (readonly [string, Json])[]): Json {
    return JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`)
  }

  function count(values: readonly Json[], element: Json): number {
    return values.filter((value) => JSON.stringify(value) === JSON.stringify(element)).length
  }

  /** A list is changed by any number of splices, or shuffled. */
  const edited = fc
    .tuple(list, fc.array(fc.tuple(fc.nat(8), fc.nat(2), list), { maxLength: 3 }))
    .map(([base, splices]) => {
      const changed = [...base]
      for (const [at, removed, added] of splices) changed.splice(at, removed, ...added.slice(0, 2))
      return { base, changed }
    })

  test('what only one changed is that one', () => {
    fc.assert(
      fc.property(field, field, (base, changed) => {
        expect(merge(base, changed, base).value).toEqual(changed)
        expect(merge(base, base, changed)).toEqual({ value: changed, overlapped: false })
        expect(merge(base, changed, base).overlapped).toBe(false)
      }),
    )
  })

  test('what only one changed in a list is that one, in its order', () => {
    fc.assert(
      fc.property(edited, ({ base, changed }) => {
        expect(merge(base, changed, base).value).toEqual(changed)
        expect(merge(base, base, changed).value).toEqual(changed)
      }),
    )
  })

  test('in lists the counts are theirs + mine - base, never below 0, and nothing overlaps', () => {
    fc.assert(
      fc.property(list, list, list, (base, mine, theirs) => {
        const { value, overlapped } = merge(base, mine, theirs)
        expect(overlapped).toBe(false)
        for (const element of [...base, ...mine, ...theirs]) {
          const expected = Math.max(0, count(theirs, element) + count(mine, element) - count(base, element))
          expect(count(value as Json[], element)).toBe(expected)
        }
      }),
    )
  })

  test('what both add to a list stays, whatever else they did', () => {
    fc.assert(
      fc.property(edited, list, (mine, added) => {
        const theirs = [...mine.base, ...added]
        const value = merge(mine.base, [...mine.changed, 'mine'], theirs).value as Json[]
        expect(count(value, 'mine')).toBe(1)
        for (const element of added)
          expect(count(value, element)).toBeGreaterThanOrEqual(count(added, element) - count(mine.base, element))
      }),
    )
  })

  test('what one removed from a list and the other left alone is gone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 1 }), fc.nat(), list, (base, at, added) => {
        const removed = base[at % base.length] as number
        const mine = base.filter((element) => element !== removed)
        const theirs = [...base, ...added.map(String)]
        expect(count(merge(base, mine, theirs).value as Json[], removed)).toBe(0)
        expect(count(merge(base, theirs, mine).value as Json[], removed)).toBe(0)
      }),
    )
  })

  test('twenty pushes at once keep all twenty, in the order in which they were merged', () => {
    fc.assert(
      fc.property(list, fc.array(fc.integer(), { minLength: 20, maxLength: 20 }), (base, pushed) => {
        let there: Json[] = base
        for (const element of pushed) there = merge(base, [...base, element], there).value as Json[]
        expect(there).toEqual([...base, ...pushed])
      }),
    )
  })

  test('a value that both set is of mine, and overlaps, the same or not', () => {
    fc.assert(
      fc.property(scalar, scalar, scalar, (base, mine, theirs) => {
        fc.pre(base !== mine && base !== theirs)
        expect(merge({ a: base }, { a: mine }, { a: theirs })).toEqual({ value: { a: mine }, overlapped: true })
      }),
    )
  })

  test('merging once more from what was merged changes nothing', () => {
    fc.assert(
      fc.property(field, field, field, (base, mine, theirs) => {
        const { value } = merge(base, mine, theirs)
        expect(merge(theirs, value, theirs).value).toEqual(value)
        expect(merge(value, value, value)).toEqual({ value, overlapped: false })
      }),
    )
  })

  test('the texts say the same as the values, the arguments stay as they are, and nothing is polluted', () => {
    fc.assert(
      fc.property(field, field, field, (base, mine, theirs) => {
        const texts = [base, mine, theirs].map((value) => (value === undefined ? null : JSON.stringify(value))) as [
          string | null,
          string | null,
          string | null,
        ]
        const { value, overlapped } = merge(base, mine, theirs)
        const merged = mergeTexts(...texts)
        expect(merged.text === null ? undefined : JSON.parse(merged.text)).toEqual(value)
        expect(merged.overlapped).toBe(overlapped)
        expect([base, mine, theirs].map((before) => JSON.stringify(before) ?? null)).toEqual(texts)
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
    )
  })
})
