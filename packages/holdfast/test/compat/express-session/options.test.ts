import { generateKeyPairSync } from 'node:crypto'
import type { SessionModule, SessionOptions } from 'holdfast/express-session'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../adapters/stage.js'
import { type Handler, listener, SECRET, site } from './site.js'
import { ours, theirs } from './subjects.js'

/** Options that no type would let pass. */
const untyped = (options: Readonly<Record<string, unknown>>): SessionOptions => options as SessionOptions

const whole = { secret: SECRET, resave: false, saveUninitialized: false }

function thrown(act: () => unknown): string | undefined {
  try {
    act()
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
  return undefined
}

describe('options that cannot work fail at construction, as with express-session:', () => {
  test.each([
    ['genid', { genid: 'random' }, 'TypeError: genid option must be a function'],
    ['unset', { unset: 'forget' }, 'TypeError: unset option must be "destroy" or "keep"'],
    ['secret', { secret: [] }, 'TypeError: secret option array must contain one or more strings'],
    ['store', { store: {} }, 'TypeError: store.on is not a function'],
  ])('%s', (_name, options, message) => {
    expect(thrown(() => ours(untyped({ ...whole, ...options })))).toBe(message)
    expect(thrown(() => theirs(untyped({ ...whole, ...options })))).toBe(message)
  })
})

describe('options that express-session finds at the first request fail at construction too:', () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  test.each([
    ['cookie', { cookie: 5 }, 'argument options must be a object'],
    ['maxAge as text', { cookie: { maxAge: '1h' } }, 'maxAge must be a number or Date'],
    ['maxAge that is no number', { cookie: { maxAge: Number.NaN } }, 'maxAge must be a number or Date'],
    ['expires', { cookie: { expires: 'tomorrow' } }, 'option expires is invalid'],
    ['sameSite', { cookie: { sameSite: 'some' } }, 'option sameSite is invalid'],
    ['priority', { cookie: { priority: 'most' } }, 'option priority is invalid'],
    ['domain', { cookie: { domain: 'a b' } }, 'option domain is invalid'],
    ['path', { cookie: { path: '/;' } }, 'option path is invalid'],
    ['name', { name: 'a b' }, 'argument name is invalid'],
    ['a number for a secret', { secret: 5 }, 'The "key" argument'],
    ['a key that signs nothing', { secret: ['a', publicKey] }, 'Invalid key object type'],
  ])('%s', (_name, options, message) => {
    expect(thrown(() => ours(untyped({ ...whole, ...options })))).toContain(message)
    expect(thrown(() => theirs(untyped({ ...whole, ...options })))).toBeUndefined()
  })
})

describe('what is out of date', () => {
  /** What the event `deprecation` says while something is done. */
  async function said(act: () => unknown): Promise<string[]> {
    const messages: string[] = []
    const events: NodeJS.EventEmitter = process
    const hear = (error: Error & { namespace?: string }): unknown =>
      messages.push(`${error.name} ${error.namespace}: ${error.message}`)
    events.on('deprecation', hear)
    try {
      await act()
    } finally {
      events.off('deprecation', hear)
    }
    return messages
  }

  test.each([
    ['resave', { ...whole, resave: undefined }],
    ['saveUninitialized', { ...whole, saveUninitialized: undefined }],
    ['secret', { ...whole, secret: undefined }],
  ])('%s is said as express-session says it', async (_name, options) => {
    const messages = await said(() => ours(options))
    expect(messages).toHaveLength(1)
    expect(messages).toEqual(await said(() => theirs(options)))
  })

  test('maxAge as a Date', async () => {
    const make =
      (module: SessionModule): (() => unknown) =>
      () =>
        new module.Cookie({ maxAge: new Date(0) })
    const messages = await said(make(ours))
    expect(messages).toHaveLength(1)
    expect(messages).toEqual(await said(make(theirs)))
  })

  test('without them resave and saveUninitialized are true', async () => {
    const served = await site(ours, {
      options: { resave: undefined, saveUninitialized: undefined },
      handler: (_req, res) => res.end(),
    })
    await said(async () => {
      await served.visit()
      await served.visit()
    })
    expect(served.log.filter((act) => act === 'set')).toHaveLength(2)
    expect(served.log).not.toContain('touch')
  })
})

test('a cookie made for a request that is none goes to next', async () => {
  const served = await site(ours, {
    options: { cookie: () => ({ maxAge: '1h' }) as unknown as { maxAge: number } },
    handler: (_req, res) => res.end(),
  })
  const reply = await served.visit()
  expect([reply.status, reply.body.toString()]).toEqual([500, 'maxAge must be a number or Date'])
})

describe.each([
  ['holdfast', ours],
  ['express-session', theirs],
])('%s:', (_name, module) => {
  const handler: Handler = (req, res) => {
    req.session.user = 'ada'
    res.end(req.sessionID)
  }

  test('ids are 24 random bytes', async () => {
    const served = await site(module, { options: { genid: undefined }, handler })
    const [one, two] = [
      (await served.visit('/', { cookie: null })).body,
      (await served.visit('/', { cookie: null })).body,
    ]
    expect(one.toString()).toMatch(/^[\w-]{32}$/)
    expect(one).not.toEqual(two)
  })

  test('of two middlewares with one store the last one makes the ids, and the second does nothing', async () => {
    const store = new module.MemoryStore()
    const first = module({ ...whole, store, genid: () => 'first' })
    const second = module({ ...whole, store, genid: () => 'second', name: 'other' })
    const { port, close } = await listen(
      listener('express 5', (req, res, next) => first(req, res, () => second(req, res, next)), { handler }, []),
    )
    onTestFinished(close)
    const reply = await fetch(`http://127.0.0.1:${port}`)
    expect(await reply.text()).toBe('second')
    expect(reply.headers.getSetCookie()).toEqual([expect.stringMatching(/^connect\.sid=s%3Asecond\./)])
  })

  test('options of a cookie made for a request are asked for twice where there is no session, else once', async () => {
    let asked = 0
    const cookie = (): { path: string } => {
      asked += 1
      return { path: '/' }
    }
    const served = await site(module, { options: { cookie }, handler })
    await served.visit()
    expect(asked).toBe(2)
    await served.visit()
    expect(asked).toBe(3)
  })
})
