import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cookiesNamed } from '../../src/transport/cookie.js'

const SID = '__Host-sid'

describe('cookiesNamed', () => {
  const table: readonly [title: string, header: string | undefined, values: string[]][] = [
    ['no header', undefined, []],
    ['an empty header', '', []],
    ['alone', '__Host-sid=a', ['a']],
    ['among others', 'x=1; __Host-sid=a; y=2', ['a']],
    ['first and last', '__Host-sid=a; x=1; __Host-sid=b', ['a', 'b']],
    ['without a blank behind the semicolon', 'x=1;__Host-sid=a;y=2', ['a']],
    ['with = in the value', '__Host-sid=a=b==', ['a=b==']],
    ['with an empty value', '__Host-sid=; x=1', ['']],
    ['with a name that only begins so', '__Host-sid2=a; __Host-sid.sig=b', []],
    ['with a name that only ends so', 'x__Host-sid=a; x-__Host-sid=b', []],
    ['in the value of another', 'x=__Host-sid=a; y="__Host-sid=b"', []],
    ['in the name and the value of another', '__Host-sid2=__Host-sid=a; __Host-sid=b', ['b']],
    ['behind empty pairs', ';; ; __Host-sid=a;;', ['a']],
    ['cut off', '__Host-si', []],
  ]
  for (const [title, header, values] of table) {
    test(title, () => {
      expect(cookiesNamed(header, SID)).toEqual(values)
    })
  }

  test('CR-01 space and tab are trimmed around names and values', () => {
    expect(cookiesNamed(' \t__Host-sid\t = \ta b\t ; x=1', SID)).toEqual(['a b'])
  })

  test('CR-01 nothing else that JavaScript takes for white space is trimmed', () => {
    const others = [
      '\xa0',
      '\v',
      '\f',
      '\x85',
      '\r',
      '\n',
      '\0',
      '\u2000',
      '\u2028',
      '\u3000',
      '\ufeff',
      '\xe2\x80\x80',
    ]
    for (const blank of others) {
      expect(cookiesNamed(`${blank}__Host-sid=evil`, SID)).toEqual([])
      expect(cookiesNamed(`x=1; ${blank}__Host-sid=evil`, SID)).toEqual([])
      expect(cookiesNamed(`__Host-sid${blank}=evil`, SID)).toEqual([])
      expect(cookiesNamed(`__Host-sid=${blank}a${blank}`, SID)).toEqual([`${blank}a${blank}`])
    }
  })

  test('CR-02 every cookie of the name is answered, in order, so that none is silently chosen', () => {
    expect(cookiesNamed('__Host-sid=bad; __Host-sid=good', SID)).toEqual(['bad', 'good'])
    expect(cookiesNamed('__Host-sid=good; __Host-sid=bad', SID)).toEqual(['good', 'bad'])
    expect(cookiesNamed('__Host-sid=same; __Host-sid=same', SID)).toEqual(['same', 'same'])
  })

  test('CR-02 beyond the limit there is one more, and no further', () => {
    const header = Array.from({ length: 200 }, (_, index) => `__Host-sid=${index}`).join('; ')
    expect(cookiesNamed(header, SID)).toEqual(['0', '1', '2', '3', '4'])
    expect(cookiesNamed(header, SID, 1)).toEqual(['0', '1'])
    expect(cookiesNamed('__Host-sid=0; __Host-sid=1; __Host-sid=2; __Host-sid=3', SID)).toHaveLength(4)
  })

  test('CR-04 what has no name or no equals sign is no cookie', () => {
    for (const header of [
      '=__Host-sid=x',
      '=__Host-sid',
      '__Host-sid',
      '__Host-sid; x=1',
      '; =; __Host-sid',
      '==__Host-sid=x',
    ]) {
      expect(cookiesNamed(header, SID)).toEqual([])
    }
  })

  test('CR-05 quotes and $Version have no meaning', () => {
    expect(cookiesNamed('$Version=1; x="a; __Host-sid=b; c"', SID)).toEqual(['b'])
    expect(cookiesNamed('$Version=1; __Host-sid="a"; $Path=/', SID)).toEqual(['"a"'])
    expect(cookiesNamed('__Host-sid="a; b"', SID)).toEqual(['"a'])
  })

  test('CR-06 the work grows with the header, not with its square', () => {
    // Each would take minutes if a part of it were read again and again, and run into the runner's time limit.
    const length = 200_000
    expect(cookiesNamed('sid '.repeat(length), 'sid')).toEqual([])
    expect(cookiesNamed('sid; '.repeat(length), 'sid')).toEqual([])
    expect(cookiesNamed(';sid '.repeat(length), 'sid')).toEqual([])
    expect(cookiesNamed(`sid${' '.repeat(length)}x;`.repeat(10), 'sid')).toEqual([])
    expect(cookiesNamed(`${' '.repeat(length)}sid`.repeat(10), 'sid')).toEqual([])
    expect(cookiesNamed('s'.repeat(length), `${'s'.repeat(20)}x`)).toEqual([])
    expect(cookiesNamed(`${'x=1; '.repeat(length)}sid=a`, 'sid')).toEqual(['a'])
  })

  test('CR-07 nothing is decoded, and no name is special', () => {
    expect(cookiesNamed('a=%E0%A4%A; __Host-sid=%E0%A4%A', SID)).toEqual(['%E0%A4%A'])
    expect(cookiesNamed('%5F_Host-sid=a', SID)).toEqual([])
    expect(cookiesNamed('__proto__=1; constructor=2', '__proto__')).toEqual(['1'])
    expect(cookiesNamed('__proto__=1; constructor=2', 'constructor')).toEqual(['2'])
    expect(cookiesNamed('x=1', 'toString')).toEqual([])
  })

  test('CK-16 names are compared letter by letter', () => {
    expect(cookiesNamed('__HOST-sid=a; __host-sid=b; __Host-SID=c', SID)).toEqual([])
  })

  test('it reads what splitting at every semicolon reads', () => {
    const trim = (text: string) => text.replace(/^[ \t]+|[ \t]+$/g, '')
    const plainly = (header: string) =>
      header
        .split(';')
        .filter((pair) => pair.includes('=') && trim(pair.slice(0, pair.indexOf('='))) === 'sid')
        .map((pair) => trim(pair.slice(pair.indexOf('=') + 1)))
    const piece = fc.constantFrom('sid', 'sid=', '=', ';', '; ', ' ', '\t', 'a', '"', '\xa0', 's', 'si', 'd', 'sidsid')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const header = pieces.join('')
        expect(cookiesNamed(header, 'sid', 100)).toEqual(plainly(header))
      }),
      { numRuns: 500 },
    )
  })
})
