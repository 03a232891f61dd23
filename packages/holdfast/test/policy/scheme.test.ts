import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Arrival } from '../../src/engine/wire.js'
import { resolveScheme } from '../../src/policy/scheme.js'

interface Settings {
  encrypted?: boolean
  peer?: string | undefined
  framework?: Arrival['framework']
}

function arrival(headers: Readonly<Record<string, string>>, { encrypted = false, framework, ...rest }: Settings = {}) {
  const peer = 'peer' in rest ? rest.peer : '203.0.113.9'
  const header = (name: string) => (Object.hasOwn(headers, name) ? headers[name] : undefined)
  return { encrypted, peer, header, ...(framework === undefined ? {} : { framework }) }
}

const SPOOFED = {
  host: 'shop.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-for': '192.0.2.1',
  forwarded: 'for=192.0.2.1;proto=https;host=evil.example',
}

describe('the connection alone', () => {
  test('over https', () => {
    expect(resolveScheme(arrival({ host: 'shop.example' }, { encrypted: true }), undefined)).toEqual({
      secure: true,
      host: 'shop.example',
      address: '203.0.113.9',
      origin: 'https://shop.example',
      loopback: false,
    })
  })

  test('over plain http', () => {
    expect(resolveScheme(arrival({ host: 'shop.example:8080' }), 0)).toMatchObject({
      secure: false,
      origin: 'http://shop.example:8080',
    })
  })

  test('PL-04 a spoofed X-Forwarded-Proto has no effect where no proxy is trusted', () => {
    for (const proxies of [undefined, 0]) {
      expect(resolveScheme(arrival(SPOOFED), proxies)).toEqual({
        secure: false,
        host: 'shop.example',
        address: '203.0.113.9',
        origin: 'http://shop.example',
        loopback: false,
      })
    }
  })

  test('PL-04 no header whatever changes scheme, host and address where no proxy is trusted', () => {
    const name = fc.constantFrom(
      ...Object.keys(SPOOFED),
      'x-real-ip',
      'x-forwarded-ssl',
      'x-forwarded-port',
      'front-end-https',
      'via',
    )
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('https', 'on', '127.0.0.1', 'localhost', 'https, https', 'proto=https'),
    )
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.boolean(),
        fc.constantFrom(undefined, 0),
        (headers, encrypted, proxies) => {
          const scheme = resolveScheme(arrival({ ...headers, host: 'shop.example' }, { encrypted }), proxies)
          const origin = `${encrypted ? 'https' : 'http'}://shop.example`
          expect(scheme).toEqual({
            secure: encrypted,
            host: 'shop.example',
            address: '203.0.113.9',
            origin,
            loopback: false,
          })
        },
      ),
    )
  })

  test('HTTP/2 names the host in :authority', () => {
    expect(resolveScheme(arrival({ ':authority': 'shop.example' }, { encrypted: true }), 0).origin).toBe(
      'https://shop.example',
    )
  })

  test('the origin is in one spelling, and null where the host is missing or malformed', () => {
    const origin = (host: string) => resolveScheme(arrival({ host }, { encrypted: true }), 0).origin
    expect(origin('Shop.Example:443')).toBe('https://shop.example')
    expect(origin('shop.example:80')).toBe('https://shop.example:80')
    expect(origin('[::1]:8443')).toBe('https://[::1]:8443')
    for (const host of ['', 'a b', 'user@shop.example', 'shop.example/x', 'shop.example:', 'a, b', '\0'])
      expect(origin(host)).toBe(null)
    expect(resolveScheme(arrival({}), 0)).toMatchObject({ host: undefined, origin: null })
  })

  test('each request is told by its own host', () => {
    for (const host of ['a.example', 'b.example', 'a.example']) {
      expect(resolveScheme(arrival({ host }), 0).origin).toBe(`http://${host}`)
      expect(resolveScheme(arrival({ host }, { encrypted: true }), 0).origin).toBe(`https://${host}`)
    }
  })
})

describe('the framework', () => {
  const framework = { secure: true, host: 'public.example', address: '198.51.100.7' }

  test('is believed where the proxies are not counted', () => {
    expect(resolveScheme(arrival({ host: 'inner' }, { framework }), undefined)).toMatchObject({
      ...framework,
      origin: 'https://public.example',
    })
    const insecure = { ...framework, secure: false }
    expect(resolveScheme(arrival({ host: 'inner' }, { framework: insecure, encrypted: true }), undefined).secure).toBe(
      false,
    )
  })

  test('has no say where they are', () => {
    expect(resolveScheme(arrival({ host: 'inner' }, { framework }), 0)).toMatchObject({ secure: false, host: 'inner' })
    expect(resolveScheme(arrival({ host: 'inner' }, { framework }), 1)).toMatchObject({ secure: false, host: 'inner' })
  })

  test('may leave host and address open', () => {
    const open = { secure: true, host: undefined, address: undefined }
    expect(resolveScheme(arrival({ host: 'inner' }, { framework: open }), undefined)).toMatchObject({
      secure: true,
      host: 'inner',
      address: '203.0.113.9',
    })
  })
})

describe('counted proxies', () => {
  const chain = {
    host: 'inner',
    'x-forwarded-proto': 'http, https, http',
    'x-forwarded-host': 'evil.example, shop.example,balancer',
    'x-forwarded-for': '6.6.6.6, 198.51.100.7 ,10.0.0.1',
  }

  test('PL-04 entries are counted from the right, so that what the client wrote is out of reach', () => {
    expect(resolveScheme(arrival(chain), 1)).toMatchObject({ secure: false, host: 'balancer', address: '10.0.0.1' })
    expect(resolveScheme(arrival(chain), 2)).toMatchObject({
      secure: true,
      host: 'shop.example',
      address: '198.51.100.7',
      origin: 'https://shop.example',
    })
    expect(resolveScheme(arrival(chain), 3)).toMatchObject({ secure: false, host: 'evil.example', address: '6.6.6.6' })
  })

  test('where a proxy overwrites, the one entry counts', () => {
    const headers = { host: 'inner', 'x-forwarded-proto': 'HTTPS', 'x-forwarded-for': '198.51.100.7' }
    expect(resolveScheme(arrival(headers), 2)).toMatchObject({ secure: true, host: 'inner', address: '198.51.100.7' })
  })

  test('what the proxies do not say is told by the connection', () => {
    expect(resolveScheme(arrival({ host: 'shop.example' }, { encrypted: true }), 1)).toEqual({
      secure: true,
      host: 'shop.example',
      address: '203.0.113.9',
      origin: 'https://shop.example',
      loopback: false,
    })
    const empty = { host: 'shop.example', 'x-forwarded-proto': '', 'x-forwarded-host': ' ', 'x-forwarded-for': 'a,' }
    expect(resolveScheme(arrival(empty), 1)).toMatchObject({
      secure: false,
      host: 'shop.example',
      address: '203.0.113.9',
    })
  })

  test('only https is secure', () => {
    for (const proto of ['http', 'httpss', 'wss', 'on', '1', 'https;', ',']) {
      expect(resolveScheme(arrival({ host: 'h', 'x-forwarded-proto': proto }), 1).secure).toBe(false)
    }
    expect(resolveScheme(arrival({ host: 'h', 'x-forwarded-proto': 'http' }, { encrypted: true }), 1).secure).toBe(
      false,
    )
  })

  test('any header is read as anything but an exception', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.nat(5), (proto, host, address, proxies) => {
        const headers = { host, 'x-forwarded-proto': proto, 'x-forwarded-host': host, 'x-forwarded-for': address }
        const scheme = resolveScheme(arrival(headers), proxies)
        if (scheme.secure) expect(proto.toLowerCase()).toContain('https')
      }),
    )
  })
})

describe('loopback', () => {
  const isLoopback = (host: string, peer: string | undefined, headers: Readonly<Record<string, string>> = {}) =>
    resolveScheme(arrival({ host, ...headers }, { peer }), undefined).loopback

  test('the connection and the host are of this machine', () => {
    for (const host of [
      'localhost',
      'LocalHost:3000',
      'shop.localhost:3000',
      'a.b.localhost',
      '127.0.0.1:80',
      '127.8.9.1',
      '[::1]',
      '[::1]:3000',
    ]) {
      for (const peer of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1', undefined]) {
        expect(isLoopback(host, peer), `${host} from ${peer}`).toBe(true)
      }
    }
  })

  test('PL-04 not with another host', () => {
    const hosts = [
      'shop.example',
      'localhost.evil.example',
      'evillocalhost',
      '127.0.0.1.evil.example',
      '127.evil.example',
      '1127.0.0.1',
      '[::2]',
    ]
    for (const host of [
      ...hosts,
      '',
      'localhost:',
      'localhost/',
      'user@localhost',
      'localhost:1:2',
      '.localhost',
      '0.0.0.0',
    ]) {
      expect(isLoopback(host, '127.0.0.1'), host).toBe(false)
    }
    expect(resolveScheme(arrival({}, { peer: '127.0.0.1' }), 0).loopback).toBe(false)
  })

  test('PL-04 not from another address', () => {
    for (const peer of ['10.0.0.1', '192.168.1.1', '::2', '::ffff:10.0.0.1', 'fe80::1', '']) {
      expect(isLoopback('localhost', peer), peer).toBe(false)
    }
  })

  test('PL-04 not where a proxy has passed the request on, as a tunnel or a proxy on this machine does', () => {
    const names = [
      'forwarded',
      'via',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-forwarded-port',
      'x-real-ip',
    ]
    for (const name of names) {
      expect(isLoopback('localhost', '127.0.0.1', { [name]: 'x' }), name).toBe(false)
      expect(resolveScheme(arrival({ host: 'localhost', [name]: 'x' }, { peer: '::1' }), 1).loopback, name).toBe(false)
    }
  })

  test('PL-04 the framework’s word does not make a request local', () => {
    const framework = { secure: false, host: 'localhost', address: '127.0.0.1' }
    expect(resolveScheme(arrival({ host: 'shop.example' }, { framework }), undefined).loopback).toBe(false)
  })
})
