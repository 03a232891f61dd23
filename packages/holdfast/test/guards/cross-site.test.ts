import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CrossSiteOptions, crossSiteRules, judgeCrossSite } from '../../src/guards/cross-site.js'

const OWN = 'https://shop.example'

interface Request {
  method?: string
  path?: string
  own?: string | null
  session?: boolean
  headers?: Readonly<Record<string, string>>
}

/** `pass`, or why it was refused. */
function verdict(request: Request, options: CrossSiteOptions = {}): string {
  const { method = 'POST', path = '/act', own = OWN, session = true, headers = {} } = request
  const header = (name: string) => (Object.hasOwn(headers, name) ? headers[name] : undefined)
  const judged = judgeCrossSite(
    { method, path, header, ownOrigin: own, hasSessionCookie: session },
    crossSiteRules(options),
  )
  return judged === 'pass' ? judged : judged.refused
}

const site = (value: string, origin?: string) => ({
  'sec-fetch-site': value,
  ...(origin === undefined ? {} : { origin }),
})

describe('methods', () => {
  const forged = site('cross-site', 'https://evil.example')

  test('XS-06 safe methods pass, whatever headers name another one', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
      for (const override of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
        expect(verdict({ method, headers: { ...forged, [override]: 'DELETE' } })).toBe('pass')
      }
    }
  })

  test('XS-06 every other method is guarded, known or not, whatever headers name another one', () => {
    for (const method of [
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'CONNECT',
      'QUERY',
      'PURGE',
      'get',
      'Get',
      ' GET',
      '',
      'GETX',
    ]) {
      expect(verdict({ method, headers: { ...forged, 'x-http-method-override': 'GET' } })).toBe('cross-site')
    }
  })
})

describe('Fetch Metadata', () => {
  test('XS-01 cross-site is refused', () => {
    expect(verdict({ headers: site('cross-site', 'https://evil.example') })).toBe('cross-site')
    expect(verdict({ headers: site('cross-site') })).toBe('cross-site')
    expect(verdict({ headers: site('cross-site', 'null') })).toBe('cross-site')
  })

  test('XS-01 cross-site is refused even where the origin claims to be the request’s own', () => {
    expect(verdict({ headers: site('cross-site', OWN) })).toBe('cross-site')
  })

  test('XS-10 cross-site is refused even without a session’s cookie, so that nobody is signed in by a forged form', () => {
    expect(verdict({ path: '/login', session: false, headers: site('cross-site', 'https://evil.example') })).toBe(
      'cross-site',
    )
    expect(verdict({ path: '/login', session: false, headers: { origin: 'https://evil.example' } })).toBe('origin')
    expect(verdict({ path: '/login', session: false, headers: { referer: 'https://evil.example/' } })).toBe('referer')
  })

  test('XS-02 same-site is refused unless its origin is named', () => {
    const headers = site('same-site', 'https://blog.shop.example')
    expect(verdict({ headers })).toBe('same-site')
    expect(verdict({ headers: site('same-site') }, { crossSite: { allow: ['https://blog.shop.example'] } })).toBe(
      'same-site',
    )
    expect(verdict({ headers }, { crossSite: { allow: ['https://blog.shop.example'] } })).toBe('pass')
    expect(verdict({ headers }, { origin: [OWN, 'https://blog.shop.example'] })).toBe('pass')
    expect(verdict({ headers }, { origin: OWN })).toBe('same-site')
  })

  test('cross-site passes where its origin is named', () => {
    const headers = site('cross-site', 'https://partner.example')
    expect(verdict({ headers }, { crossSite: { allow: ['https://partner.example'] } })).toBe('pass')
    expect(verdict({ headers }, { origin: [OWN, 'https://partner.example'] })).toBe('pass')
    expect(verdict({ headers }, { crossSite: { allow: ['https://other.example'] } })).toBe('cross-site')
  })

  test('XS-03 same-origin and none pass', () => {
    for (const value of ['same-origin', 'none']) {
      for (const headers of [site(value), site(value, OWN), site(value, 'null')])
        expect(verdict({ headers })).toBe('pass')
    }
  })

  test('XS-05 other values are ignored, and the origin decides', () => {
    for (const value of ['foo', '', 'Same-Origin', 'same-origin, same-origin', ' none', 'cross-site;x', 'CROSS-SITE']) {
      expect(verdict({ headers: site(value, OWN) })).toBe('pass')
      expect(verdict({ headers: site(value, 'https://evil.example') })).toBe('origin')
      expect(verdict({ headers: site(value) })).toBe('no-origin')
      expect(verdict({ session: false, headers: site(value) })).toBe('pass')
    }
  })
})

describe('XS-04 without Fetch Metadata', () => {
  const byOrigin: readonly [origin: string, verdict: string][] = [
    [OWN, 'pass'],
    ['https://SHOP.example', 'pass'],
    ['https://shop.example:443', 'pass'],
    ['null', 'null-origin'],
    ['NULL', 'malformed-origin'],
    ['', 'malformed-origin'],
    ['shop.example', 'malformed-origin'],
    ['https://shop.example/', 'malformed-origin'],
    ['https://shop.example, https://evil.example', 'malformed-origin'],
    ['https://shop.example@evil.example', 'malformed-origin'],
    ['https://shop.example\\.evil.example', 'malformed-origin'],
    ['http://shop.example', 'origin'],
    ['https://shop.example:8443', 'origin'],
    ['https://shop.example.evil.example', 'origin'],
    ['https://evilshop.example', 'origin'],
    ['https://sub.shop.example', 'origin'],
    ['https://shop.example.', 'origin'],
  ]
  for (const [origin, expected] of byOrigin) {
    test(`Origin ${JSON.stringify(origin)}: ${expected}`, () => {
      expect(verdict({ headers: { origin } })).toBe(expected)
      expect(verdict({ headers: { origin, referer: `${OWN}/` } })).toBe(expected)
      expect(verdict({ headers: { origin } }, { origin: OWN })).toBe(expected)
      expect(verdict({ session: false, headers: { origin } })).toBe(expected)
    })
  }

  const byReferer: readonly [referer: string, verdict: string][] = [
    [OWN, 'pass'],
    [`${OWN}/`, 'pass'],
    [`${OWN}/form?x=1#y`, 'pass'],
    [`${OWN}?x=https://evil.example`, 'pass'],
    ['https://evil.example/form', 'referer'],
    ['https://evil.example/?https://shop.example/', 'referer'],
    ['http://shop.example/form', 'referer'],
    ['https://shop.example.evil.example/', 'referer'],
    ['https://shop.example@evil.example/', 'malformed-referer'],
    ['https://shop.example\\@evil.example/', 'malformed-referer'],
    ['', 'malformed-referer'],
    ['about:blank', 'malformed-referer'],
    ['/form', 'malformed-referer'],
    ['//shop.example/', 'malformed-referer'],
    ['x/https://shop.example/', 'malformed-referer'],
  ]
  for (const [referer, expected] of byReferer) {
    test(`Referer ${JSON.stringify(referer)}: ${expected}`, () => {
      expect(verdict({ headers: { referer } })).toBe(expected)
      expect(verdict({ session: false, headers: { referer } })).toBe(expected)
    })
  }

  test('with neither, a request passes only without a session’s cookie', () => {
    expect(verdict({ session: true })).toBe('no-origin')
    expect(verdict({ session: false })).toBe('pass')
  })

  test('a spoofed host is nothing to a configured origin', () => {
    const own = 'https://evil.example'
    expect(verdict({ own, headers: { origin: own } }, { origin: OWN })).toBe('origin')
    expect(verdict({ own, headers: { referer: `${own}/` } }, { origin: OWN })).toBe('referer')
    expect(verdict({ own, headers: { origin: OWN } }, { origin: OWN })).toBe('pass')
  })

  test('a request without a host of its own matches nothing but what is named', () => {
    expect(verdict({ own: null, headers: { origin: OWN } })).toBe('origin')
    expect(verdict({ own: null, headers: { origin: OWN } }, { origin: OWN })).toBe('pass')
    expect(verdict({ own: null, headers: { origin: 'null' } })).toBe('null-origin')
  })

  test('an allowed origin passes beside the own one', () => {
    const options = { crossSite: { allow: ['capacitor://localhost'] } }
    expect(verdict({ headers: { origin: 'capacitor://localhost' } }, options)).toBe('pass')
    expect(verdict({ headers: { origin: OWN } }, options)).toBe('pass')
    expect(verdict({ headers: { referer: 'https://evil.example' } }, options)).toBe('referer')
  })
})

test('XS-08 the content type has no say', () => {
  const types = [
    'application/json',
    'Application/X-WWW-form-urlencoded',
    'text/plain;x',
    'text/plain',
    'multipart/form-data',
    '',
  ]
  for (const type of types) {
    expect(verdict({ headers: { ...site('cross-site'), 'content-type': type } })).toBe('cross-site')
    expect(verdict({ headers: { origin: 'https://evil.example', 'content-type': type } })).toBe('origin')
    expect(verdict({ headers: { 'content-type': type } })).toBe('no-origin')
    expect(verdict({ headers: { ...site('same-origin'), 'content-type': type } })).toBe('pass')
  }
})

describe('excepted paths', () => {
  const options = { crossSite: { except: ['/hooks/pay', '/callbacks/*'] } }
  const at = (path: string) => verdict({ path, headers: site('cross-site') }, options)

  test('pass: exactly, or below', () => {
    for (const path of [
      '/hooks/pay',
      '/hooks/pay?x=1',
      '/hooks/pay?',
      '/callbacks/',
      '/callbacks/a',
      '/callbacks/a/b?c=/../d',
    ]) {
      expect(at(path), path).toBe('pass')
    }
  })

  test('and nothing that only looks so', () => {
    const others = [
      '/hooks/pay/',
      '/hooks/payx',
      '/Hooks/pay',
      '/hooks',
      '/callbacks',
      '/callbacksx',
      '/x/callbacks/a',
      '',
      '?/hooks/pay',
    ]
    const routed = [
      '/callbacks/../act',
      '/callbacks/a/..',
      '/callbacks/./a',
      '/callbacks//a',
      '/callbacks/a/.',
      '/callbacks/#a',
      '//callbacks/a',
    ]
    const encoded = [
      '/callbacks/%2e%2e/act',
      '/callbacks/%2E./act',
      '/callbacks/a%2f..',
      '/callbacks/%252e',
      '/hooks%2fpay',
      '/callbacks/\\..\\act',
    ]
    const absolute = ['http://shop.example/hooks/pay', 'https://x/callbacks/a', '*', 'shop.example:443']
    for (const path of [...others, ...routed, ...encoded, ...absolute]) expect(at(path), path).toBe('cross-site')
  })

  test('do not widen to where the path is read in another way', () => {
    const piece = fc.constantFrom('/callbacks', '/', '..', '.', '%2e', '%2f', '\\', 'a', '/act', '?', '#', ';')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = pieces.join('')
        if (at(path) !== 'pass') return
        const read = [path, decodeURIComponent(path)].map(
          (text) => new URL(text.replaceAll('\\', '/'), 'http://h').pathname,
        )
        for (const pathname of read) expect(pathname.startsWith('/callbacks/')).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('crossSiteRules', () => {
  test('the defaults', () => {
    expect(crossSiteRules({})).toEqual({ origins: null, allow: [], except: [], report: false })
    expect(crossSiteRules({ origin: undefined, crossSite: undefined })).toEqual(crossSiteRules({}))
  })

  test('origins are kept in one spelling', () => {
    expect(
      crossSiteRules({
        origin: 'HTTPS://Shop.Example:443',
        crossSite: { allow: ['http://localhost:3000'], except: ['/a', '/b/*'], report: true },
      }),
    ).toEqual({ origins: [OWN], allow: ['http://localhost:3000'], except: ['/a', '/b/*'], report: true })
  })

  const refused: readonly [title: string, options: unknown, remedy: string][] = [
    ['an origin with a slash', { origin: `${OWN}/` }, 'no slash at the end'],
    ['an origin without a scheme', { origin: 'shop.example' }, "such as 'https://shop.example'"],
    ['an origin that is a pattern', { origin: 'https://*.example' }, 'no asterisk'],
    ['the origin null', { origin: 'null' }, 'Write scheme'],
    ['an origin that is no text', { origin: [null] }, 'Write scheme'],
    ['no origin at all', { origin: [] }, 'leave origin out'],
    ['everybody allowed', { crossSite: { allow: ['*'] } }, 'no asterisk'],
    ['null allowed', { crossSite: { allow: ['null'] } }, 'Write scheme'],
    ['a text in place of a list', { crossSite: { allow: OWN } }, 'brackets'],
    ['a relative path', { crossSite: { except: ['hooks'] } }, "Write '/hooks/pay'"],
    ['a path with a query', { crossSite: { except: ['/a?b'] } }, 'without query'],
    ['a path with an asterisk inside', { crossSite: { except: ['/a/*/b'] } }, "'/hooks/*'"],
    ['a path with another asterisk', { crossSite: { except: ['/a*'] } }, "'/hooks/*'"],
    ['a path with dot segments', { crossSite: { except: ['/a/../b'] } }, 'dot segments'],
    ['a path with an encoded character', { crossSite: { except: ['/a%2fb'] } }, 'percent signs'],
    ['a path that is no text', { crossSite: { except: [/hooks/] } }, "Write '/hooks/pay'"],
    ['all paths', { crossSite: { except: ['/*'] } }, 'crossSite: false'],
    ['an unknown option', { crossSite: { allowed: [] } }, 'allow, except, report'],
    ['a report that is no boolean', { crossSite: { report: 'yes' } }, 'true or false'],
    ['null', { crossSite: null }, 'or false'],
  ]
  for (const [title, options, remedy] of refused) {
    test(`${title} is refused, with the remedy`, () => {
      expect(() => crossSiteRules(options as CrossSiteOptions)).toThrow(
        expect.objectContaining({ code: 'HOLDFAST_CONFIG', message: expect.stringContaining(remedy) }),
      )
    })
  }
})

test('judging never throws, and what is refused is refused for one of the known reasons', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.constantFrom(
      'POST',
      'GET',
      'same-origin',
      'same-site',
      'cross-site',
      'none',
      OWN,
      'null',
      '/a/b',
      '%',
      '/a/%',
      '',
    ),
  )
  const maybe = fc.option(word, { nil: undefined })
  const rules = crossSiteRules({ origin: OWN, crossSite: { allow: ['https://a.example'], except: ['/a/*', '/b'] } })
  const defaults = crossSiteRules({})
  const reasons = [
    'cross-site',
    'same-site',
    'origin',
    'referer',
    'null-origin',
    'malformed-origin',
    'malformed-referer',
    'no-origin',
  ]
  fc.assert(
    fc.property(
      word,
      word,
      maybe,
      maybe,
      maybe,
      maybe,
      fc.boolean(),
      (method, path, fetchSite, origin, referer, own, cookie) => {
        const headers: Record<string, string | undefined> = { 'sec-fetch-site': fetchSite, origin, referer }
        const request = {
          method,
          path,
          header: (name: string) => headers[name],
          ownOrigin: own ?? null,
          hasSessionCookie: cookie,
        }
        for (const used of [rules, defaults]) {
          const judged = judgeCrossSite(request, used)
          if (judged !== 'pass') expect(reasons).toContain(judged.refused)
        }
      },
    ),
    { numRuns: 300 },
  )
})
