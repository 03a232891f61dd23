import { createSessions, HoldfastError, memoryStore, type Options } from 'holdfast'
import { directArrival } from 'holdfast/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Data, SECRET, site } from '../support/site.js'

const anything = (options: object): Options<Data> => options as Options<Data>

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

describe('wrong options fail when the sessions are made', () => {
  test.each([
    ['no store', { store: undefined }],
    ['a duration that is none', { timeouts: { idle: '30 minutes' } }],
    ['__Host- with a domain', { cookie: { domain: 'shop.test' } }],
    ['one name for both cookies', { cookie: { user: 'x', visitor: 'x' } }],
    ['an origin that is none', { origin: 'shop.test' }],
    ['maxAge', { cookie: { maxAge: 5 } }],
    ['an action that is none', { renewal: { onReuse: 'stepup' } }],
    ['another', { onStoreDown: 'visitors' }],
    ['half a proxy', { proxies: 0.5 }],
  ])('%s', (_title, options) => {
    const make = (): unknown => createSessions<Data>(anything({ secret: SECRET, store: memoryStore(), ...options }))
    expect(make).toThrow(HoldfastError)
    expect(make).toThrow(
      expect.objectContaining({ code: 'HOLDFAST_CONFIG', message: expect.stringMatching(/^holdfast: /) }),
    )
  })
})

describe('the secret', () => {
  test('ID-04 KY-04 none: nothing happens at import or construction, and the first request throws', async () => {
    const { sessions, browser } = site({ secret: undefined })
    await expect(browser().visit(() => 0)).rejects.toMatchObject({ code: 'HOLDFAST_SECRET' })
    await expect(sessions.ready()).rejects.toMatchObject({ code: 'HOLDFAST_SECRET' })
  })

  test('KY-04 weak: refused in production, warned about elsewhere', async () => {
    const { notices, sessions } = site({ secret: 'keyboard cat' })
    await sessions.ready()
    expect(notices.join('\n')).toMatch(/the secret is weak/)
    expect(notices.join('\n')).not.toContain('keyboard cat')
    vi.stubEnv('NODE_ENV', 'production')
    await expect(site({ secret: 'keyboard cat' }).sessions.ready()).rejects.toMatchObject({ code: 'HOLDFAST_SECRET' })
    await expect(site().sessions.ready()).resolves.toBeUndefined()
  })

  test('ID-07 the secret itself, as a cookie, is nobody', async () => {
    const outcome = await site()
      .browser()
      .visit((session) => session.user, { headers: { cookie: `__Host-sid=${SECRET}; __Host-vid=${SECRET}` } })
    expect(outcome).toMatchObject({ result: null, cookies: [] })
  })
})

describe('what is said', () => {
  test('one line, once, of the policy in force', async () => {
    const { notices, browser } = site({ timeouts: { absolute: false } })
    for (let n = 0; n < 3; n += 1) await browser().ask(() => 0)
    expect(notices).toEqual([
      "holdfast: users idle 30m, absolute never (!); visitors idle 7d, absolute 30d; secrets renewed every 15m; cross-site guard against the request's own origin; store memory",
    ])
  })

  test('plain http on loopback goes without prefix and Secure, and that is said once', async () => {
    const { notices, browser } = site()
    const outcome = await browser().visit((session) => session.signIn('ada'), {
      url: 'http://localhost:3000/',
      peer: '127.0.0.1',
    })
    expect(outcome.cookies[0]).toMatch(/^sid=[\w-]{119}; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(notices.filter((notice) => notice.includes('plain http'))).toHaveLength(1)
  })

  test('PL-04 anywhere else over plain http no session is started, and the error says what to set', async () => {
    const { browser } = site()
    for (const [url, peer, headers] of [
      ['http://shop.test/', '127.0.0.1', {}],
      ['http://localhost/', '203.0.113.7', {}],
      ['http://localhost/', '127.0.0.1', { 'x-forwarded-proto': 'https' }],
    ] as const) {
      const visit = browser().ask((session) => session.signIn('ada'), { url, peer, headers })
      await expect(visit).rejects.toMatchObject({
        code: 'HOLDFAST_INSECURE',
        message: expect.stringContaining('proxies'),
      })
    }
    vi.stubEnv('NODE_ENV', 'production')
    const production = site().browser()
    await expect(
      production.ask((session) => session.signIn('ada'), { url: 'http://localhost/', peer: '127.0.0.1' }),
    ).rejects.toMatchObject({ code: 'HOLDFAST_INSECURE' })
  })

  test('ID-13 NODE_DEBUG=holdfast: the verdict and why a cookie was sent; never a credential', async () => {
    vi.stubEnv('NODE_DEBUG', 'http,holdfast')
    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line: string) => {
      lines.push(line)
    })
    const { browser } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    await ada.ask((session) => session.user)
    expect(lines.join('\n')).toMatch(/HOLDFAST set user and visitor cookie/)
    expect(lines.join('\n')).toMatch(/HOLDFAST user [\w-]{22}: current/)
    expect(lines.join('\n')).not.toContain(ada.cookie('__Host-sid'))
  })

  test('a listener that throws disturbs nothing, and is reported by its name', async () => {
    const { sessions, browser, notices } = site()
    sessions.on('created', () => {
      throw new TypeError('secret words')
    })
    await browser().ask((session) => session.signIn('ada'))
    expect(notices.join('\n')).toMatch(/a listener of 'created' threw: TypeError/)
    expect(notices.join('\n')).not.toContain('secret words')
  })

  test('what on() answers ends it', async () => {
    const { sessions, browser } = site()
    const seen: unknown[] = []
    const off = sessions.on('created', (event) => seen.push(event.user))
    await browser().ask((session) => session.signIn('ada'))
    off()
    await browser().ask((session) => session.signIn('bob'))
    expect(seen).toEqual(['ada'])
  })
})

describe('which requests', () => {
  test('only: the others get no session at all', async () => {
    const { sessions } = site({ only: (arrival) => !arrival.url.startsWith('/static/') })
    expect(await sessions.open(directArrival({ url: 'https://shop.test/static/x.css' }))).toBeNull()
    expect(await sessions.open(directArrival({ url: 'https://shop.test/' }))).not.toBeNull()
  })

  test('a request that no adapter has seen has none, and the error says what to do', () => {
    expect(() => site().sessions.of({})).toThrow(expect.objectContaining({ code: 'HOLDFAST_NO_SESSION' }))
  })
})

test('all sessions, a page at a time', async () => {
  const { sessions, browser } = site()
  for (let n = 0; n < 150; n += 1) await browser().ask((session) => session.signIn(`user ${n}`))
  const first = await sessions.all()
  const second = await sessions.all({ cursor: first.cursor })
  const users = [...first.sessions, ...second.sessions].map((info) => info.user)
  expect(new Set(users).size).toBe(150)
  expect(second.cursor).toBeNull()
})

test('LC-15 the list of a user’s sessions has what a page of devices needs, and no secret', async () => {
  const { sessions, browser, clock } = site()
  const ada = browser()
  await ada.ask((session) => session.signIn('ada', { methods: ['pwd'] }), {
    headers: { 'user-agent': 'Mozilla/5.0\r\n (X11)' },
  })
  const start = clock.now()
  clock.advance('1m')
  await browser().ask((session) => session.signIn('ada'))
  const [newest, oldest] = await sessions.list('ada')
  expect(newest?.createdAt).toBe(start + 60_000)
  expect(oldest).toEqual({
    handle: await ada.ask((session) => session.handle),
    user: 'ada',
    createdAt: start,
    auth: { at: start, methods: ['pwd'], level: 1 },
    seenAt: expect.any(Number),
    expires: { idle: expect.any(Number), absolute: start + 43_200_000 },
    agent: 'Mozilla/5.0   (X11)',
  })
  expect(JSON.stringify(await sessions.list('ada'))).not.toContain(ada.cookie('__Host-sid')?.slice(33, 76))
})

test('close stops the sweep and closes the store; the timer never holds a process open', async () => {
  const unref = vi.fn()
  const started = vi.spyOn(globalThis, 'setInterval').mockImplementation(() => ({ unref }) as unknown as NodeJS.Timeout)
  const stopped = vi.spyOn(globalThis, 'clearInterval').mockImplementation(() => undefined)
  const close = vi.fn()
  const { sessions } = site({
    sweep: '5m',
    store: {
      ...memoryStore(),
      name: 'm',
      create: () => true,
      get: () => null,
      patch: () => null,
      end: () => null,
      find: () => ({ rows: [], cursor: null }),
      sweep: () => [],
      close,
    },
  })
  await sessions.ready()
  expect(started).toHaveBeenCalledTimes(1)
  const every = started.mock.calls[0]?.[1] as number
  expect(every).toBeGreaterThanOrEqual(240_000)
  expect(every).toBeLessThanOrEqual(360_000)
  expect(unref).toHaveBeenCalled()
  await sessions.close()
  expect(stopped).toHaveBeenCalled()
  expect(close).toHaveBeenCalled()
})
