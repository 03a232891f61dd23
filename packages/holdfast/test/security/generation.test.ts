import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { CREDENTIAL_LENGTH, ownCodec, sameDigest } from '../../src/engine/credential.js'
import { newHandle } from '../../src/engine/random.js'
import { build } from '../support/built.js'
import { codecOf, partsOf } from '../support/credentials.js'
import { site } from '../support/site.js'

/** What stands between the generator and us, so that it can be watched, foretold and broken. */
const generator = vi.hoisted(() => ({
  drawn: [] as Buffer[],
  keep: false,
  fails: false,
  comparisons: [] as [number, number][],
}))

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return {
    ...crypto,
    randomFillSync(buffer: Buffer) {
      if (generator.fails) throw new Error('the generator is broken')
      crypto.randomFillSync(buffer)
      if (generator.keep) generator.drawn.push(Buffer.from(buffer))
      return buffer
    },
    timingSafeEqual(a: Buffer, b: Buffer) {
      generator.comparisons.push([a.length, b.length])
      return crypto.timingSafeEqual(a, b)
    },
  }
})

afterEach(() => {
  generator.fails = false
  generator.keep = false
  generator.drawn.length = 0
  vi.restoreAllMocks()
})

const codec = codecOf('__Host-sid')
const issue = (): string => {
  const { handle, secret } = codec.mint()
  return codec.issue(handle, 1, secret)
}

describe('how identifiers are made', () => {
  test('ID-01 ID-04 of 100,000 none is like another, and every position takes every symbol', () => {
    const handles = new Set<string>()
    const secrets = new Set<string>()
    const seen = Array.from({ length: 65 }, () => new Set<string>())
    for (let count = 0; count < 100_000; count += 1) {
      const { handle, secret } = codec.mint()
      handles.add(handle)
      secrets.add(secret)
      const text = handle + secret
      for (let at = 0; at < 65; at += 1) seen[at]?.add(text.charAt(at))
    }
    expect([handles.size, secrets.size]).toEqual([100_000, 100_000])
    // The last character of 128 bits holds 2 bits, that of 256 bits holds 4.
    const symbols = seen.map((position) => position.size)
    expect(symbols).toEqual([...new Array(21).fill(64), 4, ...new Array(42).fill(64), 16])
  })

  test('ID-01 they are the bits of the generator and of nothing else: 128 for the handle, 256 for the secret', () => {
    const random = vi.spyOn(Math, 'random')
    generator.keep = true
    // What was in the pool before is used up, so that the rest can be foretold.
    while (generator.drawn.length === 0) newHandle()
    const drawn = generator.drawn[0] as Buffer
    for (let at = 16; at + 48 <= drawn.length; at += 48) {
      const { handle, secret } = codec.mint()
      expect(handle).toBe(drawn.toString('base64url', at, at + 16))
      expect(secret).toBe(drawn.toString('base64url', at + 16, at + 48))
    }
    expect(random).not.toHaveBeenCalled()
  })

  test('ID-04 where the generator fails, so does the request: nothing weaker takes its place, and nothing is created', async () => {
    const random = vi.spyOn(Math, 'random')
    const { browser, store } = site()
    const write = () =>
      browser().visit((session) => {
        session.data.note = 'x'
      })
    generator.fails = true
    let outcome = await write()
    let created = 0
    // What the generator gave before it broke is still good.
    for (; outcome.refusal === null && created < 200; created += 1) outcome = await write()
    expect(outcome.refusal?.status).toBeGreaterThanOrEqual(500)
    expect(outcome.cookies).toEqual([])
    await expect(browser().ask((session) => session.signIn('ada'))).rejects.toThrow('the generator is broken')
    expect((await store.find({ all: true }, 0, null, 500)).rows).toHaveLength(created)
    expect(random).not.toHaveBeenCalled()
    generator.fails = false
    expect((await write()).refusal).toBeNull()
  })

  test('ID-02 no option supplies identifiers: those of other libraries change nothing', async () => {
    const constant = { genid: () => 'a', generateId: () => 'a', genId: () => 'a' }
    const { browser } = site(constant as object)
    const ids = new Set<string>()
    for (let count = 0; count < 3; count += 1) {
      const visitor = browser()
      await visitor.ask((session) => {
        session.data.note = 'x'
      })
      ids.add(partsOf(visitor.cookie('__Host-vid') ?? '').secret)
    }
    expect([...ids].map((id) => id.length)).toEqual([43, 43, 43])
  })

  test('ID-03 none is a UUID, nor holds one', () => {
    for (let count = 0; count < 1_000; count += 1) {
      expect(issue()).not.toMatch(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i)
    }
  })

  test('ID-05 those of one user at one moment have nothing in common but format and key id', async () => {
    const { browser } = site()
    const credentials: string[] = []
    for (let count = 0; count < 500; count += 1) {
      const ada = browser()
      await ada.ask((session) => session.signIn('ada'))
      credentials.push(ada.cookie('__Host-sid') ?? '')
    }
    const bits = credentials.map((text) => {
      const { handle, secret } = partsOf(text)
      return Buffer.concat([Buffer.from(handle, 'base64url'), Buffer.from(secret, 'base64url')])
    })
    let differing = 0
    let pairs = 0
    for (const [index, a] of bits.entries()) {
      for (const b of bits.slice(index + 1)) {
        differing += distance(a, b)
        pairs += 1
      }
    }
    expect(Math.abs(differing / (pairs * 48 * 8) - 0.5)).toBeLessThan(0.01)
    const sorted = bits.map((buffer) => buffer.toString('hex')).sort()
    for (const [index, text] of sorted.entries()) expect(commonPrefix(text, sorted[index + 1] ?? '')).toBeLessThan(12)
    expect(new Set(credentials.map((text) => text.slice(0, 7))).size).toBe(1)
  })
})

describe('many at once', () => {
  beforeAll(build, 120_000)

  test('ID-04 eight workers make 20,000 each, and none is like another', async () => {
    const script = fileURLToPath(new URL('fixtures/minting-worker.js', import.meta.url))
    const workers = Array.from({ length: 8 }, () => new Worker(script, { workerData: { count: 20_000 } }))
    const made = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as string[]))
    expect(new Set(made.flat()).size).toBe(160_000)
  }, 60_000)
})

describe('how they are compared', () => {
  test('ID-09 the tag and the secret in constant time, as digests of one length', async () => {
    const { browser } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    generator.comparisons.length = 0
    expect(await ada.ask((session) => session.user)).toBe('ada')
    expect(generator.comparisons).toEqual([
      [43, 43],
      [43, 43],
    ])
  })

  test('ID-09 no length makes it throw, and only what is equal is equal', () => {
    const digest = 'd'.repeat(43)
    for (const length of [...Array(300).keys(), 1_000, 4_095, 4_096, 4_097, 10_000]) {
      const text = 'd'.repeat(length)
      expect(sameDigest(digest, text)).toBe(length === 43)
      expect(sameDigest(text, digest)).toBe(length === 43)
    }
    for (let at = 0; at < 43; at += 1)
      expect(sameDigest(digest, `${'d'.repeat(at)}e${'d'.repeat(42 - at)}`)).toBe(false)
  })

  test('ID-09 a credential of any length from 0 to 10,000 is read without an error, and is none', () => {
    const good = issue()
    expect(good).toHaveLength(CREDENTIAL_LENGTH)
    const foreign = ownCodec(
      () => ({
        signing: () => {
          throw new Error('unused')
        },
        find: () => undefined,
      }),
      'x',
    )
    for (let length = 0; length <= 10_000; length += length < 300 ? 1 : 97) {
      const text = good.repeat(Math.ceil(length / good.length)).slice(0, length)
      if (length !== good.length) expect(codec.read(text)).toBe('malformed')
      expect(typeof foreign.read(text)).toBe('string')
    }
    expect(codec.read(good)).toMatchObject({ number: 1 })
  })
})

function distance(a: Buffer, b: Buffer): number {
  let bits = 0
  for (let at = 0; at < a.length; at += 1) {
    for (let rest = (a[at] ?? 0) ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) bits += 1
  }
  return bits
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}
