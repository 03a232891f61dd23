import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clearCookie, cookieAttributes, cookieNames, cookiesNamed, setCookie } from '../../src/transport/cookie.js'
import type { CookieOptions } from '../../src/transport/cookie-options.js'
import { StrictJar } from './strict-jar.js'

const HTTPS = { host: 'shop.example.com', https: true }
const LOOPBACK = { host: 'localhost', https: false }

/** All options that are allowed, in every combination. */
const everyOptions: CookieOptions[] = []
for (const sameSite of ['lax', 'strict', 'none'] as const) {
  for (const partitioned of [false, true]) {
    for (const prefix of ['__Host-', '__Host-Http-'] as const) everyOptions.push({ sameSite, partitioned, prefix })
    for (const prefix of ['__Secure-', ''] as const) {
      for (const domain of [undefined, 'example.com']) {
        for (const path of ['/', '/app']) everyOptions.push({ sameSite, partitioned, prefix, domain, path })
      }
    }
  }
}

const standard = cookieAttributes({}, false)

describe('setCookie', () => {
  test('by default', () => {
    expect(setCookie(standard.user, 'abc')).toBe('__Host-sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax')
    expect(setCookie(standard.visitor, 'abc')).toBe('__Host-vid=abc; Path=/; HttpOnly; Secure; SameSite=Lax')
  })

  test('with everything', () => {
    const options: CookieOptions = {
      user: 'u',
      prefix: '__Secure-',
      domain: 'example.com',
      path: '/app',
      sameSite: 'none',
      partitioned: true,
    }
    expect(setCookie({ ...cookieAttributes(options, false).user, maxAge: 60 }, 'abc')).toBe(
      '__Secure-u=abc; Max-Age=60; Path=/app; Domain=example.com; HttpOnly; Secure; SameSite=None; Partitioned',
    )
  })

  test('CK-01 CK-02 CK-03 Secure, HttpOnly and SameSite are always written', () => {
    for (const options of everyOptions) {
      for (const attributes of Object.values(cookieAttributes(options, false))) {
        const line = setCookie(attributes, 'abc')
        expect(line).toMatch(/; HttpOnly(;|$)/)
        expect(line).toMatch(/; Secure(;|$)/)
        expect(line).toMatch(/; SameSite=(Lax|Strict|None)(;|$)/)
      }
    }
  })

  test('CK-03 None is written only where it was asked for', () => {
    expect(setCookie(standard.user, 'abc')).toContain('SameSite=Lax')
    expect(setCookie(cookieAttributes({ sameSite: 'strict' }, false).user, 'abc')).toContain('SameSite=Strict')
    expect(setCookie(cookieAttributes({ sameSite: 'none' }, false).user, 'abc')).toContain('SameSite=None')
  })

  test('CK-04 the name has __Host-, and the cookie Path=/ and no Domain', () => {
    for (const attributes of Object.values(standard)) {
      expect(attributes).toMatchObject({ name: expect.stringMatching(/^__Host-[a-z]+$/), path: '/', domain: null })
    }
  })

  test('CK-05 __Host-Http- is offered', () => {
    expect(setCookie(cookieAttributes({ prefix: '__Host-Http-' }, false).user, 'abc')).toBe(
      '__Host-Http-sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  test('CK-06 browsers take every cookie that the options allow, and give it back', () => {
    for (const options of everyOptions) {
      for (const [plain, origin] of [
        [false, HTTPS],
        [true, LOOPBACK],
      ] as const) {
        const { user } = cookieAttributes(options, plain)
        const jar = new StrictJar()
        expect(jar.receive(setCookie(user, 'abc'), origin), setCookie(user, 'abc')).toBe(true)
        expect(jar.values).toEqual(['abc'])
      }
    }
  })

  test('CK-07 name and value together have at most 4096 bytes', () => {
    const most = 4096 - '__Host-sid'.length
    const jar = new StrictJar()
    expect(jar.receive(setCookie(standard.user, 'x'.repeat(most)), HTTPS)).toBe(true)
    expect(() => setCookie(standard.user, 'x'.repeat(most + 1))).toThrow(
      expect.objectContaining({ code: 'HOLDFAST_TOO_LARGE', message: expect.stringContaining('4097 bytes') }),
    )
  })

  test('CK-08 no lifetime is longer than 400 days', () => {
    const line = (maxAge: number) => setCookie({ ...standard.user, maxAge }, 'abc')
    expect(line(86_400 * 400)).toContain('; Max-Age=34560000;')
    expect(line(86_400 * 500)).toContain('; Max-Age=34560000;')
    expect(line(Number.POSITIVE_INFINITY)).toContain('; Max-Age=34560000;')
    expect(line(59.9)).toContain('; Max-Age=59;')
  })

  test('CK-09 no attribute is written twice', () => {
    for (const options of everyOptions) {
      const { user } = cookieAttributes(options, false)
      for (const line of [setCookie({ ...user, maxAge: 5 }, 'abc'), clearCookie(user)]) {
        const names = line.split('; ').map((part) => part.split('=')[0])
        expect(new Set(names).size).toBe(names.length)
      }
    }
  })

  test('CK-10 a value holds what a cookie can hold, or is refused without being shown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
        const sound = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)
        if (sound) expect(cookiesNamed(setCookie(standard.user, value).split(';')[0], '__Host-sid')).toEqual([value])
        else expect(() => setCookie(standard.user, value)).toThrow(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
      }),
    )
    for (const value of ['a;b', 'a\r\nb', 'a b', 'a"b', 'a,b', 'a\\b', 'ä', '\0']) {
      expect(() => setCookie(standard.user, value)).toThrow(/has characters that no cookie can hold/)
    }
  })

  test('CK-11 by default there is no lifetime', () => {
    expect(setCookie(standard.user, 'abc')).not.toMatch(/Max-Age|Expires/i)
  })
})

describe('clearCookie', () => {
  test('CK-14 repeats everything that browsers find the cookie by', () => {
    expect(clearCookie(standard.user)).toBe(
      '__Host-sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  test('CK-14 after it a strict jar is empty, for every combination of options', () => {
    for (const options of everyOptions) {
      for (const [plain, origin] of [
        [false, HTTPS],
        [true, LOOPBACK],
      ] as const) {
        for (const attributes of Object.values(cookieAttributes(options, plain))) {
          const jar = new StrictJar()
          jar.receive(setCookie({ ...attributes, maxAge: 1_000 }, 'abc'), origin)
          expect(jar.values).toHaveLength(1)
          expect(jar.receive(clearCookie(attributes), origin)).toBe(true)
          expect(jar.values, clearCookie(attributes)).toEqual([])
        }
      }
    }
  })
})

describe('names', () => {
  test('ID-06 the default names name no product', () => {
    const names = Object.values(cookieNames({}, false))
    expect(names).toEqual(['__Host-sid', '__Host-vid'])
    for (const name of names) expect(name).not.toMatch(/holdfast|express|connect|koa|node|php|jsession|asp/i)
  })

  test('over plain http on loopback there is no prefix', () => {
    expect(cookieNames({}, true)).toEqual({ user: 'sid', visitor: 'vid' })
    expect(cookieNames({ user: 'a', prefix: '__Secure-', domain: 'example.com' }, true)).toEqual({
      user: 'a',
      visitor: 'vid',
    })
  })

  test('the attributes have the names', () => {
    for (const plain of [false, true]) {
      for (const options of everyOptions) {
        const { user, visitor } = cookieAttributes(options, plain)
        expect({ user: user.name, visitor: visitor.name }).toEqual(cookieNames(options, plain))
      }
    }
  })
})

describe('over plain http on loopback', () => {
  test('there is no Secure, and nothing that needs it', () => {
    const options: CookieOptions = {
      sameSite: 'none',
      partitioned: true,
      prefix: '',
      domain: 'example.com',
      path: '/app',
    }
    expect(setCookie(cookieAttributes(options, true).user, 'abc')).toBe('sid=abc; Path=/app; HttpOnly; SameSite=Lax')
    expect(setCookie(cookieAttributes({ sameSite: 'strict' }, true).user, 'abc')).toBe(
      'sid=abc; Path=/; HttpOnly; SameSite=Strict',
    )
  })
})
