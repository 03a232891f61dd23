import { memoryStore, type Store } from 'holdfast'
import { describe, expect, test } from 'vitest'
import { type Browser, browserOf, site } from '../support/site.js'

const MINUTE = 60_000
const who = (browser: Browser): Promise<string | null> => browser.ask((session) => session.user)

/** A store that never forgets a row by itself, so that only the engine's judgement ends a session. */
function everlasting(): Store {
  const inner = memoryStore()
  return {
    name: 'everlasting',
    create: (row, now) => inner.create({ ...row, expiresAt: 8e15 }, now),
    get: (handle) => inner.get(handle),
    patch: (handle, patch, now) => inner.patch(handle, patch, now),
    end: (handle, ending, now) => inner.end(handle, ending, now),
    find: (index, now, cursor, limit) => inner.find(index, now, cursor, limit),
    close: () => undefined,
  }
}

async function signedIn(shop: ReturnType<typeof site>): Promise<Browser> {
  const browser = shop.browser()
  await browser.ask((session) => session.signIn('ada'))
  return browser
}

describe('idle', () => {
  test('TM-01 on by default: a minute after 30 idle minutes the session is over, tombstoned, and it is said', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    const handle = (await ada.ask((session) => session.handle)) as string
    shop.clock.advance('31m')
    expect(await who(ada)).toBe('ada')
    shop.clock.advance(31 * MINUTE + 1)
    expect(await who(ada)).toBeNull()
    expect((await shop.store.get(handle, shop.clock.now()))?.ended).toMatchObject({ reason: 'expired' })
    expect(shop.events.expired).toMatchObject([{ user: 'ada', handle, reason: 'idle' }])
    expect(await who(ada)).toBeNull()
    expect(shop.events.expired).toHaveLength(1)
  })

  test('TM-07 a request every 29 minutes keeps it, and seen-at is written at most once a throttle', async () => {
    const inner = memoryStore()
    const touches: number[] = []
    const store: Store = {
      name: 'spy',
      create: (row, now) => inner.create(row, now),
      get: (handle) => inner.get(handle),
      patch: (handle, patch, now) => {
        touches.push(now)
        return inner.patch(handle, patch, now)
      },
      end: (handle, ending, now) => inner.end(handle, ending, now),
      find: (index, now, cursor, limit) => inner.find(index, now, cursor, limit),
      close: () => undefined,
    }
    const shop = site({ store, renewal: { every: false } })
    const ada = await signedIn(shop)
    for (let second = 0; second < 600; second += 5) {
      shop.clock.advance('5s')
      await who(ada)
    }
    expect(touches).toHaveLength(10)
    for (let index = 1; index < touches.length; index += 1) {
      expect((touches[index] as number) - (touches[index - 1] as number)).toBeGreaterThanOrEqual(60_000)
    }
    for (let visit = 0; visit < 10; visit += 1) {
      shop.clock.advance(30 * MINUTE - 1_000)
      expect(await who(ada)).toBe('ada')
    }
  })

  test('a touch that was throttled away never ends a session early', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    shop.clock.advance(59_000)
    expect(await who(ada)).toBe('ada')
    shop.clock.advance(30 * MINUTE)
    expect(await who(ada)).toBe('ada')
  })
})

describe('absolute', () => {
  test('TM-02 neither activity nor renewal nor a changed secret extends it', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    for (let minute = 1; minute < 12 * 60; minute += 1) {
      shop.clock.advance('1m')
      expect(await who(ada), `minute ${minute}`).toBe('ada')
    }
    expect(shop.events.renewed.length).toBeGreaterThan(30)
    shop.clock.advance('1m')
    expect(await who(ada)).toBeNull()
    expect(shop.events.expired).toMatchObject([{ reason: 'absolute' }])
  })

  test('TM-04 a step-up starts both clocks anew', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    for (let hour = 0; hour < 11 * 3; hour += 1) {
      shop.clock.advance('20m')
      await who(ada)
    }
    await ada.ask((session) => session.stepUp())
    for (let hour = 0; hour < 11 * 3; hour += 1) {
      shop.clock.advance('20m')
      expect(await who(ada)).toBe('ada')
    }
  })
})

describe('who judges', () => {
  test('TM-05 the row and the clock, not what the store still holds, nor the cookie', async () => {
    const shop = site({ store: everlasting(), cookie: { persistent: true } })
    const ada = await signedIn(shop)
    const value = ada.cookie('__Host-sid')
    shop.clock.advance('32m')
    ada.jar.take([`__Host-sid=${value}; Path=/; Secure; Max-Age=9999999`])
    expect(await who(ada)).toBeNull()
  })

  test('TM-05 a write by a request that was opened before is dropped after it', async () => {
    const shop = site({ store: everlasting() })
    const ada = await signedIn(shop)
    const outcome = await ada.ask((session) => {
      shop.clock.advance('13h')
      session.data.likes = 1
      return session.commit()
    })
    expect(outcome).toBe('dropped')
    expect(shop.events.dropped).toMatchObject([{ reason: 'expired', fields: ['likes'] }])
  })

  test('TM-10 what is left can be read, and reading extends nothing', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    const start = shop.clock.now()
    shop.clock.advance('10s')
    const expected = { idle: start + 31 * MINUTE, absolute: start + 720 * MINUTE }
    expect(await ada.ask((session) => session.expires)).toEqual(expected)
    expect(await ada.ask((session) => session.expires)).toEqual(expected)
  })
})

describe('TM-08 a clock that jumps', () => {
  test('an hour back: the session lives on, and no longer than from its creation', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    const created = shop.clock.now()
    shop.clock.set(created - 60 * MINUTE)
    expect(await who(ada)).toBe('ada')
    shop.clock.set(created + 720 * MINUTE - 1)
    await who(ada)
    shop.clock.set(created + 720 * MINUTE)
    expect(await who(ada)).toBeNull()
  })

  test('an hour forward and back again: what was written stays, and seen-at never goes back', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    shop.clock.advance('20m')
    await ada.ask((session) => {
      session.data.likes = 1
    })
    const handle = (await ada.ask((session) => session.handle)) as string
    const seen = (await shop.store.get(handle, 0))?.seenAt
    shop.clock.set(shop.clock.now() - 10 * MINUTE)
    await ada.ask((session) => {
      session.data.likes = 2
    })
    expect((await shop.store.get(handle, 0))?.seenAt).toBe(seen)
    expect(await ada.ask((session) => session.data.likes)).toBe(2)
  })

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('a clock that answers %s is refused', async (now) => {
    await expect(
      site({ now: () => now })
        .browser()
        .ask((session) => session.signIn('ada')),
    ).rejects.toMatchObject({
      code: 'HOLDFAST_CONFIG',
    })
  })
})

describe('expired is said once', () => {
  test('by the sweep, where nobody came back', async () => {
    const shop = site()
    await signedIn(shop)
    await shop.browser().ask((session) => {
      session.data.likes = 1
    })
    shop.clock.advance('40d')
    expect(await shop.sessions.sweep()).toBeGreaterThanOrEqual(1)
    expect(shop.events.expired.map(({ user, reason }) => [user, reason])).toEqual(
      expect.arrayContaining([
        ['ada', 'absolute'],
        [null, 'absolute'],
      ]),
    )
    await shop.sessions.sweep()
    expect(shop.events.expired).toHaveLength(2)
  })

  test('also where the client comes back long after, before any sweep', async () => {
    const shop = site()
    const ada = await signedIn(shop)
    shop.clock.advance('2d')
    expect(await who(ada)).toBeNull()
    expect(await who(ada)).toBeNull()
    await shop.sessions.sweep()
    expect(shop.events.expired).toHaveLength(1)
  })

  test('by one of two nodes that see it at once', async () => {
    const store = memoryStore()
    const [one, two] = [site({ store }), site({ store })]
    const ada = await signedIn(one)
    const elsewhere = browserOf(two.sessions, two.clock, ada.jar.copy())
    for (const shop of [one, two]) shop.clock.advance('32m')
    await Promise.all([who(ada), who(elsewhere)])
    expect([...one.events.expired, ...two.events.expired]).toHaveLength(1)
  })
})

describe('lifetimes of one’s own', () => {
  test('of a sign-in', async () => {
    const shop = site()
    const ada = shop.browser()
    await ada.ask((session) => session.signIn('ada', { timeouts: { idle: '5m', absolute: '30d' } }))
    shop.clock.advance('4m')
    expect(await who(ada)).toBe('ada')
    shop.clock.advance(5 * MINUTE + 16_000)
    expect(await who(ada)).toBeNull()
  })

  test('of visitors: seven idle days, thirty in all', async () => {
    const shop = site()
    const visitor = shop.browser()
    await visitor.ask((session) => {
      session.data.likes = 1
    })
    for (let day = 0; day < 29; day += 6) {
      expect(await visitor.ask((session) => session.data.likes)).toBe(1)
      shop.clock.advance('6d')
    }
    expect(await visitor.ask((session) => session.data.likes)).toBeUndefined()
  })

  test('false: not limited in that way', async () => {
    const shop = site({ timeouts: { idle: false, absolute: false } })
    const ada = await signedIn(shop)
    shop.clock.advance('300d')
    expect(await who(ada)).toBe('ada')
    expect(await ada.ask((session) => session.expires)).toEqual({ idle: null, absolute: null })
  })
})

test('CK-11 a persistent cookie outlives a restart of the browser, and never the session', async () => {
  const shop = site({ cookie: { persistent: true } })
  const outcome = await shop.browser().visit((session) => session.signIn('ada'))
  expect(outcome.cookies[0]).toMatch(/; Max-Age=43200;/)
  const plain = await site()
    .browser()
    .visit((session) => session.signIn('ada'))
  expect(plain.cookies[0]).not.toMatch(/Max-Age|Expires/)
})
