import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cookieAttributes, setCookie } from '../../src/transport/cookie.js'
import { type CookieOptions, cookieRules } from '../../src/transport/cookie-options.js'

function refusal(options: unknown): string {
  try {
    cookieRules(options as CookieOptions)
  } catch (error) {
    expect(error).toMatchObject({ name: 'HoldfastError', code: 'HOLDFAST_CONFIG' })
    return (error as Error).message
  }
  throw new Error(`not refused: ${JSON.stringify(options)}`)
}

describe('cookieRules', () => {
  test('the defaults', () => {
    const defaults = {
      user: 'sid',
      visitor: 'vid',
      prefix: '__Host-',
      sameSite: 'lax',
      persistent: false,
      partitioned: false,
      domain: null,
      path: '/',
    }
    expect(cookieRules({})).toEqual(defaults)
    expect(cookieRules({ prefix: '', domain: undefined, path: undefined })).toEqual({ ...defaults, prefix: '' })
  })

  test('CK-04 CK-06 a __Host- cookie with a domain or a path is refused, with the remedy', () => {
    for (const prefix of [undefined, '__Host-', '__Host-Http-']) {
      for (const scope of [{ domain: 'example.com' }, { path: '/app' }]) {
        expect(refusal({ prefix, ...scope })).toMatch(
          /browsers drop a __Host-.* Set cookie.prefix to '__Secure-' or ''/,
        )
      }
    }
  })

  test('CK-06 a prefix in another letter case is refused, in the prefix as in a name', () => {
    for (const prefix of ['__hOsT-', '__HOST-', '__secure-', '__host-http-', '__Host', 'Host-', 5]) {
      expect(refusal({ prefix })).toContain('cookie.prefix')
    }
    for (const name of ['__hOsT-sid', '__Host-sid', '__SECURE-sid', '__Http-sid', '__x']) {
      for (const prefix of ['', '__Secure-', '__Host-', undefined]) {
        expect(refusal({ user: name, prefix })).toContain('cookie.user begins like a prefix')
        expect(refusal({ visitor: name, prefix })).toContain('cookie.visitor begins like a prefix')
      }
    }
    expect(refusal({ user: 'hTTp-sid' })).toContain('begins like a prefix')
    expect(cookieRules({ user: 'http-sid', prefix: '' }).user).toBe('http-sid')
  })

  test('CK-06 what would take Secure away is no option', () => {
    for (const secure of [false, true]) {
      expect(refusal({ sameSite: 'none', secure })).toMatch(/cookie.secure is not an option. Instead, leave secure out/)
      expect(refusal({ partitioned: true, secure })).toContain('cookie.secure is not an option')
    }
  })

  test('the options of other libraries are refused, with the remedy', () => {
    expect(refusal({ maxAge: 5 })).toContain('set timeouts')
    expect(refusal({ expires: new Date() })).toContain('set timeouts')
    expect(refusal({ name: 'sid' })).toContain('set user and visitor')
    expect(refusal({ httpOnly: false })).toContain('leave httpOnly out')
    expect(refusal({ samesite: 'lax' })).toMatch(/cookie."samesite" is not an option. There are: user, .*sameSite/)
    expect(refusal(JSON.parse('{"__proto__":{"user":"x"}}'))).toContain('cookie."__proto__" is not an option')
    expect(cookieRules({ maxAge: undefined } as unknown as CookieOptions)).toEqual(cookieRules({}))
  })

  test('CK-07 no attribute is longer than browsers read', () => {
    const path = `/${'x'.repeat(1023)}`
    expect(cookieRules({ prefix: '', path }).path).toBe(path)
    expect(refusal({ prefix: '', path: `${path}x` })).toContain('at most 1024')
    expect(refusal({ prefix: '', domain: `${'x.'.repeat(600)}com` })).toContain('cookie.domain')
    expect(refusal({ user: 'x'.repeat(129) })).toContain('cookie.user')
  })

  test('CK-10 names are tokens', () => {
    for (const name of [
      '',
      'a b',
      'a;b',
      'a=b',
      'a\r\nSet-Cookie: x=1',
      'a\tb',
      'ä',
      '"a"',
      'a,b',
      'a/b',
      '\0',
      5,
      null,
      {},
    ]) {
      expect(refusal({ user: name })).toContain('cookie.user is not a cookie name')
      expect(refusal({ visitor: name })).toContain('cookie.visitor is not a cookie name')
    }
  })

  test('CK-10 paths and domains have nothing that ends an attribute', () => {
    for (const path of ['', 'app', '/a;b', '/a\r\nb', '/a b', '/ä', '/a\0', '/\x7f', 5]) {
      expect(refusal({ prefix: '', path })).toContain('cookie.path')
    }
    const domains = [
      '',
      'a;b.com',
      'a\r\n.com',
      '.example.com',
      'example.com.',
      'exa mple.com',
      'müller.de',
      'example.com:80',
    ]
    for (const domain of [
      ...domains,
      'https://example.com',
      'a..com',
      '-a.com',
      'com',
      'localhost',
      '10.0.0.1',
      '[::1]',
      5,
    ]) {
      expect(refusal({ prefix: '', domain })).toContain('cookie.domain')
    }
    expect(cookieRules({ prefix: '', domain: 'xn--mller-kva.de' }).domain).toBe('xn--mller-kva.de')
  })

  test('CK-10 no option, whatever is in it, gets out of its place in the line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(';', '\r\n', '/', '/;x', 'a=b', 'example.com', 'lax; Domain=evil', '__Host-'),
    )
    const key = fc.constantFrom(
      'user',
      'visitor',
      'prefix',
      'sameSite',
      'domain',
      'path',
      'partitioned',
      'persistent',
      'priority',
    )
    fc.assert(
      fc.property(fc.dictionary(key, text), (options) => {
        let line: string
        try {
          line = setCookie(cookieAttributes(options as CookieOptions, false).user, 'abc')
        } catch (error) {
          expect(error).toMatchObject({ code: 'HOLDFAST_CONFIG' })
          return
        }
        expect(line).toMatch(
          /^[\w!#$%&'*+\-.^`|~]+=abc; Path=\/[!-:<-~]*(; Domain=[A-Za-z\d.-]+)?; HttpOnly; Secure; SameSite=Lax$/,
        )
      }),
      { numRuns: 200 },
    )
  })

  test('choices have to be made from what there is', () => {
    expect(refusal({ sameSite: 'Lax' })).toContain("Set 'lax', 'strict' or 'none'")
    expect(refusal({ sameSite: true })).toContain('cookie.sameSite')
    expect(refusal({ persistent: 'yes' })).toContain('cookie.persistent')
    expect(refusal({ partitioned: 1 })).toContain('cookie.partitioned')
  })

  test('users and visitors have different cookies', () => {
    expect(refusal({ user: 'x', visitor: 'x' })).toContain('are the same')
    expect(refusal({ user: 'vid' })).toContain('are the same')
  })
})

describe('at compile time', () => {
  test('what browsers would drop does not compile', () => {
    // @ts-expect-error: a domain needs another prefix
    expect(refusal({ domain: 'example.com' } satisfies CookieOptions)).toBeTruthy()
    // @ts-expect-error: a domain needs another prefix
    expect(refusal({ prefix: '__Host-', domain: 'example.com' } satisfies CookieOptions)).toBeTruthy()
    // @ts-expect-error: a path needs another prefix
    expect(refusal({ prefix: '__Host-Http-', path: '/app' } satisfies CookieOptions)).toBeTruthy()
    // @ts-expect-error: a prefix in another letter case
    expect(refusal({ prefix: '__host-' } satisfies CookieOptions)).toBeTruthy()
    // @ts-expect-error: not an option
    expect(refusal({ secure: false } satisfies CookieOptions)).toBeTruthy()
    expect(cookieRules({ prefix: '__Secure-', domain: 'example.com', path: '/app' })).toBeTruthy()
  })

  test('the compiler prints the remedy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cookie-options-'))
    try {
      const source = fileURLToPath(new URL('../../src/transport/cookie-options.js', import.meta.url))
      const cases: readonly [options: string, printed: string][] = [
        ["{ domain: 'example.com' }", `Remedy<"set prefix to '__Secure-' or ''`],
        ["{ prefix: '__Host-', domain: 'example.com' }", `Remedy<"set prefix to '__Secure-' or ''`],
        ["{ prefix: '__Host-', path: '/app' }", `Remedy<"set prefix to '__Secure-' or ''`],
        ['{ maxAge: 60_000 }', 'Remedy<"set timeouts: '],
        ['{ expires: new Date() }', 'Remedy<"set timeouts: '],
        ["{ name: 'sid' }", 'Remedy<"set user and visitor: '],
        ['{ httpOnly: true }', 'Remedy<"leave httpOnly out: '],
        ['{ secure: false }', 'Remedy<"leave secure out: '],
        ["{ prefix: '__Secure-', domain: 'example.com', path: '/app' }", ''],
      ]
      const fixture = [
        `import type { CookieOptions } from ${JSON.stringify(source)}`,
        ...cases.map(([options], index) => `export const options${index}: CookieOptions = ${options}`),
      ]
      await writeFile(join(folder, 'fixture.ts'), fixture.join('\n'))
      const tsc = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url))
      const flags = '--ignoreConfig --noEmit --pretty false --strict --target es2023 --module nodenext'.split(' ')
      const { stdout } = await promisify(execFile)(process.execPath, [tsc, ...flags, join(folder, 'fixture.ts')]).catch(
        (failed: { stdout: string }) => failed,
      )
      // Each message begins with `fixture.ts(line,column)`, and may go on in lines that are indented.
      const messages = stdout.split(/\n(?! )/)
      for (const [index, [options, printed]] of cases.entries()) {
        const message = messages.find((text) => text.includes(`fixture.ts(${index + 2},`))
        expect(message ?? '', options).toContain(printed)
        expect(message === undefined, options).toBe(printed === '')
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  }, 30_000)
})
