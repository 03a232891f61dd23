import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HoldfastError } from '../../src/engine/errors.js'
import { decode, encode, freeze, isTooDeep, MOST_NESTING } from '../../src/engine/json.js'

function refusal(value: unknown, field = 'cart'): string {
  try {
    encode(value, field)
  } catch (error) {
    expect(error).toBeInstanceOf(HoldfastError)
    expect((error as HoldfastError).code).toBe('HOLDFAST_NOT_JSON')
    return (error as HoldfastError).message
  }
  throw new Error('it was not refused')
}

function nested(levels: number): unknown {
  return levels === 0 ? 'x' : { a: nested(levels - 1) }
}

describe('encode', () => {
  test('what is JSON becomes its text and comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }), (value) => {
        const text = encode(value, 'f')
        expect(text).toBe(JSON.stringify(value))
        expect(encode(decode(text), 'f')).toBe(text)
      }),
    )
  })

  test('undefined properties are left out, and -0 is 0, as in JSON', () => {
    expect(encode({ a: undefined, b: [-0] }, 'f')).toBe('{"b":[0]}')
  })

  test('objects without a prototype and of another realm are plain', () => {
    expect(encode(Object.assign(Object.create(null), { a: 1 }), 'f')).toBe('{"a":1}')
    expect(encode(runInNewContext('({ a: [1, { b: 2 }] })'), 'f')).toBe('{"a":[1,{"b":2}]}')
  })

  test('a text is well-formed and without U+0000, whatever the strings hold', () => {
    const text = encode({ '\0': ['\ud800', '\0', '\u2028'] }, 'f')
    expect(Buffer.from(text).toString()).toBe(text)
    expect(text).not.toContain('\0')
    expect(decode(text)).toEqual({ '\0': ['\ud800', '\0', '\u2028'] })
  })

  test('an object may stand in several places', () => {
    const address = { street: 'x' }
    expect(encode({ home: address, work: address, all: [address, address] }, 'f')).toContain('"work":{"street":"x"}')
  })

  test('__proto__ as a key of data is kept', () => {
    expect(encode(JSON.parse('{"__proto__":{"a":1}}'), 'f')).toBe('{"__proto__":{"a":1}}')
    expect(refusal(JSON.parse('{"__proto__":{"a":1}}', (key, value) => (key === 'a' ? new Date() : value)))).toContain(
      '__proto__.a',
    )
  })

  test('what somebody added to Object.prototype is nobody’s fault', () => {
    let text: string
    Object.defineProperty(Object.prototype, 'added', {
      value: () => 1,
      enumerable: true,
      configurable: true,
      writable: true,
    })
    try {
      text = encode({ a: 1 }, 'f')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'added')
    }
    expect(text).toBe('{"a":1}')
  })
})

describe('encode refuses what would not come back, and says where and what to do', () => {
  class Money {
    readonly amount = 5
    toJSON() {
      return this.amount
    }
  }
  class Basket extends Array<number> {}
  const cases: readonly [what: string, value: unknown, problem: string, remedy: string][] = [
    ['Date', new Date(), 'an instance of Date', 'date.toISOString()'],
    ['Map', new Map(), 'an instance of Map', 'Object.fromEntries(map)'],
    ['Set', new Set(), 'an instance of Set', '[...set]'],
    ['RegExp', /x/, 'an instance of RegExp', 'source'],
    ['Promise', Promise.resolve(1), 'an instance of Promise', 'Await'],
    ['Error', new TypeError('secret'), 'an instance of TypeError', 'message'],
    ['URL', new URL('https://example.org/'), 'an instance of URL', 'url.href'],
    ['Buffer', Buffer.from('x'), 'an instance of Buffer', 'base64'],
    ['boxed string', new String('x'), 'an instance of String', 'plain string'],
    ['class instance', new Money(), 'an instance of Money', '{ ...value }'],
    ['object with an odd prototype', Object.create({ a: 1 }), 'an instance of Object', '{ ...value }'],
    ['list of a class', Basket.of(1, 2), 'an instance of Basket', '[...list]'],
    ['date of another realm', runInNewContext('new Date()'), 'an instance of Date', 'date.toISOString()'],
    ['function', () => 'secret', 'a function', 'in the code'],
    ['symbol', Symbol('secret'), 'a symbol', 'string'],
    ['bigint', 12345n, 'a bigint', 'String(value)'],
    ['NaN', Number.NaN, 'is NaN', 'null'],
    ['Infinity', Number.POSITIVE_INFINITY, 'is Infinity', 'finite'],
    ['-Infinity', Number.NEGATIVE_INFINITY, 'is -Infinity', 'finite'],
  ]
  for (const [what, value, problem, remedy] of cases) {
    test(what, () => {
      expect(refusal(value)).toMatch(/^holdfast: the field cart is /)
      const inside = refusal({ items: [1, { added: value }] })
      expect(inside).toContain('the field cart.items[1].added is ')
      expect(inside).toContain(problem)
      expect(inside).toContain(remedy)
      expect(inside).not.toContain('secret')
      expect(inside).not.toContain('12345')
    })
  }

  test('undefined', () => {
    expect(refusal(undefined)).toContain('the field cart is undefined')
    expect(refusal({ a: [1, undefined] })).toContain('cart.a[1] is undefined inside a list')
  })

  test('a hole in a list', () => {
    const sparse: number[] = []
    sparse[2] = 1
    expect(refusal(sparse)).toContain('cart[0] is a hole in a list')
  })

  test('an own toJSON that is a function', () => {
    expect(refusal({ toJSON: () => 1 })).toContain('cart.toJSON is a function')
    expect(encode({ toJSON: 'data' }, 'f')).toBe('{"toJSON":"data"}')
  })

  test('a cycle, named where it returns', () => {
    const tree: Record<string, unknown> = { first: {}, child: {} }
    tree.child = { leaf: [1], parent: tree }
    expect(refusal(tree)).toContain('the field cart.child.parent contains itself')
    const list: unknown[] = []
    list.push([[list]])
    expect(refusal({ list })).toContain('the field cart.list[0][0][0] contains itself')
  })

  test('nesting beyond 500 levels', () => {
    expect(decode(encode(nested(MOST_NESTING), 'f'))).toEqual(nested(MOST_NESTING))
    expect(refusal(nested(MOST_NESTING + 1))).toContain(
      'the field cart.a.a.a.a.a.a.a.a is nested deeper than 500 levels',
    )
    const endless = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(refusal(endless)).toContain('nested deeper')
  })

  test('keys that are no plain names are quoted and cut', () => {
    const message = refusal({ 'a\r\nb': { ['k'.repeat(1_000)]: Number.NaN } }, 'odd field')
    expect(message).toContain(`the field ["odd field"]["a\\r\\nb"]["${'k'.repeat(40)}…"] is NaN`)
  })
})

describe('decode and freeze', () => {
  test('a damaged text is a coded error that quotes none of it', () => {
    let error: unknown
    try {
      decode('{"token":"hunter2"')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ name: 'HoldfastError', code: 'HOLDFAST_NOT_JSON' })
    expect(inspect(error)).not.toContain('hunter2')
  })

  test('decoding pollutes nothing', () => {
    const value = decode('{"__proto__":{"polluted":1}}') as Record<string, unknown>
    expect(value.polluted).toBeUndefined()
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  test('freeze reaches everything and answers the value', () => {
    const value = { a: [{ b: { c: [1] } }], d: null, e: 'x' }
    expect(freeze(value)).toBe(value)
    for (const part of [value, value.a, value.a[0], value.a[0]?.b, value.a[0]?.b.c])
      expect(Object.isFrozen(part)).toBe(true)
    expect(freeze(5)).toBe(5)
    expect(freeze(null)).toBe(null)
  })

  test('freeze survives any nesting', () => {
    const deep = decode(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(Object.isFrozen(freeze(deep))).toBe(true)
  })

  test('too deep is deeper than encode allows', () => {
    expect(isTooDeep(nested(MOST_NESTING))).toBe(false)
    expect(isTooDeep(nested(MOST_NESTING + 1))).toBe(true)
    expect(isTooDeep([1, [2, { a: nested(MOST_NESTING - 2) }]])).toBe(true)
    expect(isTooDeep(undefined)).toBe(false)
  })
})
