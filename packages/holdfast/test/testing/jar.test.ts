import { describe, expect, test } from 'vitest'
import { parseCookieDate } from '../../src/testing/cookie-date.js'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { cookieJar } from '../../src/testing/jar.js'

const secure = { origin: 'https://shop.example' }
const insecure = { origin: 'http://shop.example' }

/** What a jar that took the lines sends. */
function after(lines: readonly string[], options: { origin?: string; path?: string; at?: string } = {}) {
  const jar = cookieJar(options)
  jar.take(lines, options.at)
  return jar.header(options.path)
}

function refusal(line: string, options: { origin?: string; at?: string } = {}) {
  const jar = cookieJar(options)
  const refused = jar.take([line], options.at)
  expect(jar.header()).toBe(refused.length > 0 ? undefined : jar.header())
  return refused[0]?.why ?? 'taken'
}

describe('what is sent', () => {
  test('nothing at first', () => {
    expect(cookieJar().header()).toBeUndefined()
  })

  test('names and values as they were given, the older first, a new value in the old place', () => {
    expect(after(['a=1', 'b=2', 'a=3'])).toBe('a=3; b=2')
  })

  test('longer paths first', () => {
    expect(after(['a=1; Path=/', 'a=2; Path=/x/y', 'b=3; Path=/x'], { path: '/x/y/z' })).toBe('a=2; b=3; a=1')
  })

  test('CK-16: names differ by letter case', () => {
    const jar = cookieJar()
    jar.take(['sid=1', 'SID=2', '__Host-x=1; Secure; Path=/', '__HOST-x=2; Secure; Path=/'])
    expect(jar.header()).toBe('sid=1; SID=2; __Host-x=1; __HOST-x=2')
    expect(jar.value('sid')).toBe('1')
    expect(jar.value('Sid')).toBeUndefined()
  })

  test('space and tab around name and value are not part of them, a quote is', () => {
    expect(after([' \ta \t= \t"b c" \t; Path=/'])).toBe('a="b c"')
    expect(after(['a=b=c'])).toBe('a=b=c')
    expect(after(['alone'])).toBe('alone')
  })

  test('Secure cookies only over https', () => {
    expect(after(['a=1; Secure', 'b=2'], secure)).toBe('a=1; b=2')
    expect(after(['a=1; Secure', 'b=2'], insecure)).toBe('b=2')
  })

  test('by path', () => {
    expect(after(['a=1; Path=/x'], { path: '/x' })).toBe('a=1')
    expect(after(['a=1; Path=/x'], { path: '/x/y?q' })).toBe('a=1')
    expect(after(['a=1; Path=/x/'], { path: '/x' })).toBeUndefined()
    expect(after(['a=1; Path=/x'], { path: '/xy' })).toBeUndefined()
    expect(after(['a=1'], { at: '/x/y', path: '/x/z' })).toBe('a=1')
    expect(after(['a=1'], { at: '/x/y', path: '/z' })).toBeUndefined()
    expect(after(['a=1; Path=x'], { at: '/x', path: '/' })).toBe('a=1')
  })

  test('a copy lives on its own', () => {
    const jar = cookieJar()
    jar.take(['a=1'])
    const copy = jar.copy()
    jar.take(['a=2'])
    copy.take(['b=1'])
    expect([jar.header(), copy.header()]).toEqual(['a=2', 'a=1; b=1'])
  })
})

describe('what is dropped, as browsers do without a word', () => {
  const table: readonly [line: string, why: string, options?: { origin?: string; at?: string }][] = [
    ['a=1; Secure', 'Secure over http', insecure],
    ['a=1; SameSite=None', 'SameSite=None without Secure'],
    ['a=1; SameSite=None; Secure', 'taken'],
    ['a=1; Partitioned', 'Partitioned without Secure'],
    ['a=1; Partitioned; Secure', 'taken'],
    ['__Host-a=1; Secure; Path=/', 'taken'],
    ['__Host-a=1; Path=/', 'prefix'],
    ['__Host-a=1; Secure', 'prefix'],
    ['__Host-a=1; Secure; Path=/x', 'prefix'],
    ['__Host-a=1; Secure; Path=/; Domain=shop.example', 'prefix'],
    ['__hOsT-a=1; Path=/', 'prefix'],
    ['__Secure-a=1', 'prefix'],
    ['__secure-a=1', 'prefix'],
    ['__Secure-a=1; Secure; Domain=shop.example', 'taken'],
    ['__Http-a=1; Secure', 'prefix'],
    ['__Http-a=1; Secure; HttpOnly', 'taken'],
    ['__Host-Http-a=1; Secure; Path=/', 'prefix'],
    ['__Host-Http-a=1; Secure; Path=/; HttpOnly', 'taken'],
    ['=__Host-a=1; Secure; Path=/', 'prefix'],
    ['__Host-a; Secure; Path=/', 'prefix'],
    ['a=1; Domain=evil.example', 'foreign domain'],
    ['a=1; Domain=sub.shop.example', 'foreign domain'],
    ['a=1; Domain=hop.example', 'foreign domain'],
    ['a=1; Domain=.SHOP.example', 'taken'],
    ['a=1; Domain=example', 'taken'],
    ['a=1; Domain=0.0.1', 'foreign domain', { origin: 'https://127.0.0.1' }],
    ['=', 'no name and no value'],
    ['; Secure', 'no name and no value'],
    ['a=b\u0001', 'control character'],
    ['a=b\r\nSet-Cookie: c=d', 'control character'],
    [`a=${'x'.repeat(4095)}`, 'taken'],
    [`a=${'x'.repeat(4096)}`, 'too long'],
    [`a=1; Path=/${'x'.repeat(1024)}`, 'taken'],
  ]
  test.each(table)('CK-06 CK-07: %j is %s', (line, why, options) => {
    expect(refusal(line, { ...secure, ...options })).toBe(why)
  })

  test('an attribute that is too long does not count', () => {
    expect(after([`a=1; Path=/x${'y'.repeat(1024)}`], { path: '/' })).toBe('a=1')
  })

  test('of one attribute given twice the last counts', () => {
    expect(after(['a=1; Path=/x; Path=/y'], { path: '/y' })).toBe('a=1')
    expect(after(['a=1; Path=/x; Path=/y'], { path: '/x' })).toBeUndefined()
  })
})

describe('how long', () => {
  test('CK-11: without a lifetime until the browser is closed', () => {
    const jar = cookieJar()
    jar.take(['a=1'])
    expect(jar.cookies()[0]?.expires).toBeNull()
  })

  test('Max-Age, before Expires', () => {
    const clock = fakeClock(0)
    const jar = cookieJar({ now: clock.now })
    jar.take([
      'a=1; Max-Age=10; Expires=Thu, 01 Jan 2099 00:00:00 GMT',
      'b=1; Max-Age=x; Expires=Thu, 01 Jan 1970 00:00:20 GMT',
    ])
    clock.set(9_999)
    expect(jar.header()).toBe('a=1; b=1')
    clock.set(10_000)
    expect(jar.header()).toBe('b=1')
    clock.set(20_000)
    expect(jar.header()).toBeUndefined()
  })

  test('CK-08: no longer than 400 days', () => {
    const jar = cookieJar({ now: () => 0 })
    jar.take(['a=1; Max-Age=99999999', 'b=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT', 'c=1; Max-Age=1e9'])
    expect(jar.cookies().map(({ expires }) => expires)).toEqual([34_560_000_000, 34_560_000_000, null])
  })

  const dates: readonly [string, string | null][] = [
    ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
    ['6 November 69 0:0:0', '2069-11-06T00:00:00.000Z'],
    ['Sun, 31 Feb 1994 08:49:37 GMT', null],
    ['Sun, 06 Nov 1600 08:49:37 GMT', null],
    ['Sun, 06 Nov 1994 24:00:00 GMT', null],
    ['06 Nov 1994', null],
    ['', null],
  ]
  test.each(dates)('the date %j is %s', (text, iso) => {
    expect(parseCookieDate(text)).toBe(iso === null ? null : Date.parse(iso))
  })
})

describe('CK-14: a deletion must repeat what made the cookie', () => {
  const gone = 'Max-Age=0'
  const before = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'
  const forms: readonly string[] = [
    '__Host-sid=1; Secure; Path=/; HttpOnly; SameSite=Lax',
    '__Host-sid=1; Secure; Path=/; Partitioned; SameSite=None',
    '__Secure-sid=1; Secure; Path=/; Domain=shop.example',
    'sid=1; Path=/shop',
    'sid=1; Path=/shop; Domain=shop.example',
    'sid=1; Path=/shop; Secure; Partitioned',
  ]
  test.each(forms)('%s', (form) => {
    for (const end of [gone, before]) {
      const jar = cookieJar(secure)
      jar.take([form])
      expect(jar.header('/shop')).toMatch(/sid=1/)
      jar.take([`${form.replace('sid=1', 'sid=')}; ${end}`])
      expect(jar.cookies()).toEqual([])
    }
  })

  const misses: readonly [string, string][] = [
    ['__Host-sid=1; Secure; Path=/', '__Host-sid=; Path=/; Max-Age=0'],
    ['__Host-sid=1; Secure; Path=/', '__Host-sid=; Secure; Max-Age=0'],
    ['__Host-sid=1; Secure; Path=/', '__host-sid=; Secure; Path=/; Max-Age=0'],
    ['__Host-sid=1; Secure; Path=/; Partitioned', '__Host-sid=; Secure; Path=/; Max-Age=0'],
    ['__Secure-sid=1; Secure; Path=/; Domain=shop.example', '__Secure-sid=; Secure; Path=/; Max-Age=0'],
    ['sid=1; Path=/shop', 'sid=; Path=/; Max-Age=0'],
    ['sid=1; Path=/shop', 'sid=; Path=/SHOP; Max-Age=0'],
  ]
  test.each(misses)('%s stays after %s', (form, deletion) => {
    const jar = cookieJar(secure)
    jar.take([form])
    jar.take([deletion])
    expect(jar.cookies().map(({ name, value }) => `${name}=${value}`)).toContain(form.split(';')[0])
  })
})
