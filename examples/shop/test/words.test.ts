import { describe, expect, test } from 'vitest'
import { ago } from '../src/ago.js'
import { deviceOf } from '../src/device.js'
import { fieldOf, ownPath } from '../src/form.js'
import { html } from '../src/html.js'
import { money } from '../src/money.js'
import { withNext } from '../src/sign-in-path.js'
import { span } from '../src/span.js'

describe('a device', () => {
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'computer', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
      'computer',
      'Safari on Mac',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
      'computer',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 OPR/116.0.0.0',
      'computer',
      'Opera on Windows',
    ],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      'computer',
      'Chrome on ChromeOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1',
      'phone',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1',
      'tablet',
      'Safari on iPad',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36',
      'phone',
      'Samsung Internet on Android',
    ],
    [
      'Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      'tablet',
      'Chrome on Android',
    ],
    ['curl/8.9.1', 'unknown', 'curl'],
    ['Mozilla/5.0 (X11; Linux x86_64) Something/1.0', 'computer', 'Unknown browser on Linux'],
    ['', 'unknown', 'Unknown device'],
    [null, 'unknown', 'Unknown device'],
  ])('is told by %s', (agent, kind, label) => {
    expect(deviceOf(agent)).toEqual({ kind, label })
  })
})

test.each([
  [0, 'just now'],
  [-59_000, 'just now'],
  [-60_000, '1 minute ago'],
  [-5 * 60_000, '5 minutes ago'],
  [-3 * 3_600_000, '3 hours ago'],
  [-50 * 3_600_000, '2 days ago'],
  [12 * 3_600_000 - 5_000, 'in 12 hours'],
])('%d ms from now is said as %s', (distance, text) => {
  expect(ago(1e12 + distance, 1e12)).toBe(text)
})

test.each([
  [-1, '0 seconds'],
  [999, '0 seconds'],
  [59_999, '59 seconds'],
  [60_000, '1 minute'],
  [12 * 3_600_000 - 1, '11 hours 59 minutes'],
  [3_600_000 + 5_000, '1 hour'],
  [7 * 86_400_000, '7 days'],
])('%d ms last %s', (milliseconds, text) => {
  expect(span(milliseconds)).toBe(text)
})

test('money is euros and cents', () => {
  expect([money(950), money(123_456)]).toEqual(['€9.50', '€1,234.56'])
})

describe('a template', () => {
  test('escapes what it is given and leaves markup alone', () => {
    const inner = html`<b>${'<&>"\''}</b>`
    expect(html`<p title="${'"'}">${inner}${[1, html`<i></i>`]}</p>`.text).toBe(
      '<p title="&#34;"><b>&#60;&#38;&#62;&#34;&#39;</b>1<i></i></p>',
    )
  })

  test('writes nothing for what is not there, and 0 for zero', () => {
    expect(html`${null}${undefined}${false}${0}${''}`.text).toBe('0')
  })
})

describe('a form', () => {
  test('has text in its fields, or nothing', () => {
    const body = { a: 'x', twice: ['x', 'y'], __proto__: { b: 'x' } }
    expect(['a', 'twice', 'none', 'toString'].map((name) => fieldOf(body, name))).toEqual(['x', '', '', ''])
    expect(fieldOf(undefined, 'a')).toBe('')
  })

  test('leads on within the shop alone (OI-20)', () => {
    for (const path of ['/', '/cart', '/goods/three-strand-line', '/#bell', '/orders/0a1b2c3d4e5f']) {
      expect(ownPath(path, '/else')).toBe(path)
    }
    const others = [
      '',
      'cart',
      '//evil',
      '/\\evil',
      '/a//b',
      '/a?b',
      '/\n',
      'https://evil',
      '/%2f',
      '/cart/',
      ['/cart'],
      null,
    ]
    for (const path of others) expect(ownPath(path, '/else')).toBe('/else')
    expect(withNext('/sign-in', '/cart')).toBe('/sign-in?next=%2Fcart')
    expect(withNext('/sign-in', '//evil')).toBe('/sign-in')
  })
})
