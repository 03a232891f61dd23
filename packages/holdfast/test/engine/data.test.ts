import { inspect } from 'node:util'
import type { Session } from 'holdfast'
import { describe, expect, test } from 'vitest'
import { type Data, site } from '../support/site.js'

type Any = Record<string | symbol, unknown>
const any = (session: Session<Data>): Any => session.data as unknown as Any

/** What a row holds of these values, by field. */
async function stored(values: Any): Promise<Record<string, string>> {
  const { browser, store } = site()
  const visitor = browser()
  await visitor.ask((session) => {
    Object.assign(session.data, values)
  })
  const handle = (await visitor.ask((session) => session.handle)) as string
  return Object.fromEntries((await store.get(handle, 0))?.fields ?? [])
}

describe('data is a plain object to whoever uses it', () => {
  test('reading, writing, removing, asking, listing, spreading', async () => {
    const { browser } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      const data = any(session)
      data.a = 1
      data.b = { c: [1, 2] }
      expect('a' in data).toBe(true)
      expect('x' in data).toBe(false)
      expect(data.x).toBeUndefined()
      expect(Object.keys(data)).toEqual(['a', 'b'])
      expect({ ...data }).toEqual({ a: 1, b: { c: [1, 2] } })
      expect(Object.entries(data)).toEqual([
        ['a', 1],
        ['b', { c: [1, 2] }],
      ])
      delete data.a
      expect('a' in data).toBe(false)
      expect(Object.getPrototypeOf(data)).toBeNull()
    })
    expect(await visitor.ask((session) => ({ ...any(session) }))).toEqual({ b: { c: [1, 2] } })
  })

  test('deep changes are noticed', async () => {
    const { browser } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      any(session).deep = { list: [{ n: 1 }] }
    })
    await visitor.ask((session) => {
      const deep = any(session).deep as { list: { n: number }[] }
      ;(deep.list[0] as { n: number }).n = 2
    })
    expect(await visitor.ask((session) => any(session).deep)).toEqual({ list: [{ n: 2 }] })
  })

  test('what is only read is not written', async () => {
    const { browser, store } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      any(session).deep = { list: [1] }
    })
    await visitor.ask((session) => JSON.stringify(session.data))
    const handle = (await visitor.ask((session) => session.handle)) as string
    expect((await store.get(handle, 0))?.version).toBe(1)
  })

  test('JSON.stringify and inspect show what is there; structuredClone refuses, as it does any Proxy', async () => {
    await site()
      .browser()
      .ask((session) => {
        const data = any(session)
        data.a = { b: 1 }
        expect(JSON.stringify(data)).toBe('{"a":{"b":1}}')
        expect(inspect(data)).toContain('a: { b: 1 }')
        expect(() => structuredClone(data)).toThrow(/could not be cloned/)
      })
  })

  test('names that objects have already are fields like any other', async () => {
    const values = { constructor: 1, toString: 'x', hasOwnProperty: [1], toJSON: 2, length: 0, 'a.b': 1, $x: 1, ' ': 1 }
    const { browser } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      expect(any(session).constructor).toBeUndefined()
      Object.assign(session.data, values)
    })
    expect(await visitor.ask((session) => ({ ...any(session) }))).toEqual(values)
  })

  test('texts are exact: U+0000, lone surrogates, the empty one', async () => {
    const value = { nul: '\0', lone: '\ud800x\udc00', empty: '', quote: '"\\', key: { '\0': 1, __proto__x: 1 } }
    const { browser } = site()
    const visitor = browser()
    await visitor.ask((session) => Object.assign(session.data, value))
    expect(await visitor.ask((session) => ({ ...any(session) }))).toEqual(value)
    for (const text of Object.values(await stored(value))) expect(text).not.toMatch(/\0|\p{Surrogate}/u)
  })

  test('an own __proto__ below the top survives, and pollutes nothing', async () => {
    const { browser } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      any(session).evil = JSON.parse('{"__proto__":{"polluted":true}}')
    })
    const text = await visitor.ask((session) => JSON.stringify(any(session).evil))
    expect(text).toBe('{"__proto__":{"polluted":true}}')
    expect(({} as Any).polluted).toBeUndefined()
  })
})

describe('read', () => {
  test('answers a frozen value, and guards a write that is built on it', async () => {
    const { browser } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      session.data.cart = ['a']
    })
    await visitor.ask(async (session) => {
      const cart = session.read('cart') ?? []
      expect(Object.isFrozen(cart)).toBe(true)
      expect(() => (cart as string[]).push('x')).toThrow(TypeError)
      await visitor.ask((other) => other.data.cart?.push('b'))
      session.data.cart = [...cart, 'c']
    })
    expect(await visitor.ask((session) => session.data.cart)).toEqual(['a', 'b', 'c'])
  })

  test('shows what this request has changed, and can be followed by a change', async () => {
    const { browser } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      session.data.cart = ['a']
    })
    await visitor.ask((session) => {
      expect(session.read('cart')).toEqual(['a'])
      session.data.cart?.push('b')
      expect(session.read('cart')).toEqual(['a', 'b'])
      expect(Object.isFrozen(session.data.cart)).toBe(false)
    })
    expect(await visitor.ask((session) => session.data.cart)).toEqual(['a', 'b'])
  })
})

describe('what cannot be kept throws at once', () => {
  test.each([
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['NaN', Number.NaN],
    ['a function', () => 1],
    ['a bigint', 1n],
    ['a symbol', Symbol('x')],
    ['a Date deep down', { a: [{ b: new Date(0) }] }],
  ])('%s', async (_title, value) => {
    await site()
      .browser()
      .ask((session) => {
        expect(() => {
          any(session).x = value
        }).toThrow(expect.objectContaining({ code: 'HOLDFAST_NOT_JSON' }))
      })
  })

  test('a cycle', async () => {
    const cycle: Any = {}
    cycle.self = cycle
    await site()
      .browser()
      .ask((session) => {
        expect(() => {
          any(session).x = cycle
        }).toThrow(expect.objectContaining({ code: 'HOLDFAST_NOT_JSON' }))
      })
  })

  test('what became unfit after it was assigned: the answer is a 500, and nothing is written', async () => {
    const { browser, sessions } = site()
    const outcome = await browser().visit((session) => {
      const deep: Any = {}
      any(session).deep = deep
      deep.late = new Date(0)
    })
    expect(outcome.refusal).toMatchObject({ status: 500, error: { code: 'HOLDFAST_NOT_JSON' } })
    expect((await sessions.all()).sessions).toEqual([])
  })

  test.each([
    ['__proto__', 'HOLDFAST_NOT_DATA'],
    ['', 'HOLDFAST_NOT_DATA'],
    ['x'.repeat(129), 'HOLDFAST_TOO_LARGE'],
    ['é'.repeat(65), 'HOLDFAST_TOO_LARGE'],
  ])('a field named %j: %s', async (name, code) => {
    await site()
      .browser()
      .ask((session) => {
        expect(() => {
          any(session)[name] = 1
        }).toThrow(expect.objectContaining({ code }))
      })
  })

  test('a symbol as a name, a getter', async () => {
    await site()
      .browser()
      .ask((session) => {
        expect(() => {
          any(session)[Symbol('x')] = 1
        }).toThrow(expect.objectContaining({ code: 'HOLDFAST_NOT_DATA' }))
        expect(() => Object.defineProperty(session.data, 'x', { get: () => 1 })).toThrow(
          expect.objectContaining({ code: 'HOLDFAST_NOT_JSON' }),
        )
      })
  })

  test('the longest name is 128 bytes', async () => {
    expect(Object.keys(await stored({ ['é'.repeat(64)]: 1 }))).toEqual(['é'.repeat(64)])
  })

  test('more than 4 MiB: the answer is a 500, and nothing is written', async () => {
    const { browser, sessions } = site()
    const outcome = await browser().visit((session) => {
      any(session).big = 'x'.repeat(4 * 1024 * 1024)
    })
    expect(outcome.refusal).toMatchObject({ status: 500, error: { code: 'HOLDFAST_TOO_LARGE' } })
    expect((await sessions.all()).sessions).toEqual([])
  })
})

describe('an assignment to the session itself', () => {
  test('throws and names data, in strict code and in sloppy', async () => {
    await site()
      .browser()
      .ask((session) => {
        const sloppy = new Function('session', 'session.userId = 5') as (session: unknown) => void
        for (const assign of [
          () => Object.assign(session, { userId: 5 }),
          () => sloppy(session),
          () => Object.assign(session, { user: 'eve' }),
          () => Object.assign(session, { data: {} }),
        ]) {
          expect(assign).toThrow(
            expect.objectContaining({ code: 'HOLDFAST_NOT_DATA', message: expect.stringContaining('session.data') }),
          )
        }
        expect(() => Object.assign(session, { signIn: 1 })).toThrow(TypeError)
        expect(session.user).toBeNull()
      })
  })

  test('ID-13 what is printed of a session is its handle and user', async () => {
    const { browser } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    await ada.ask((session) => {
      expect(JSON.parse(JSON.stringify(session))).toEqual({ handle: session.handle, user: 'ada' })
      expect(inspect(session)).toBe(`Session { handle: ${session.handle}, user: ada }`)
    })
  })
})
