import { memoryStore, type Options, type Store } from 'holdfast'
import { describe, expect, test } from 'vitest'
import { codecOf, partsOf } from '../support/credentials.js'
import { type Browser, browserOf, type Data, SECRET, site } from '../support/site.js'

const who = (browser: Browser): Promise<string | null> => browser.ask((session) => session.user)
const secretOf = (browser: Browser): string => browser.cookie('__Host-sid') ?? ''

async function signedIn(options: Partial<Options<Data>> = {}) {
  const shop = site({ timeouts: { idle: '12h', absolute: '10d' }, ...options })
  const ada = shop.browser()
  await ada.ask((session) => session.signIn('ada'))
  /** The browser as it is now, in other hands. */
  const copy = (): Browser => browserOf(shop.sessions, shop.clock, ada.jar.copy())
  return { ...shop, ada, copy }
}

describe('renewal', () => {
  test('when due the answer brings a new secret; its first use makes it the current one', async () => {
    const { ada, clock, events } = await signedIn()
    const before = secretOf(ada)
    const handle = await ada.ask((session) => session.handle)
    clock.advance('15m')
    await who(ada)
    expect(secretOf(ada)).not.toBe(before)
    expect(partsOf(secretOf(ada)).handle).toBe(partsOf(before).handle)
    expect(events.renewed).toEqual([])
    expect(await ada.ask((session) => session.handle)).toBe(handle)
    expect(events.renewed).toMatchObject([{ user: 'ada', handle }])
  })

  test('it rides with the data of the same request', async () => {
    const { ada, clock } = await signedIn()
    clock.advance('15m')
    const outcome = await ada.visit((session) => {
      session.data.likes = 7
    })
    expect(outcome.cookies).toHaveLength(1)
    expect(await ada.ask((session) => session.data.likes)).toBe(7)
  })

  test('LC-08 the former secret is answered through its grace by every parallel request, and one new secret results', async () => {
    const { ada, copy, clock } = await signedIn()
    clock.advance('15m')
    const slow = copy()
    await who(ada)
    await who(ada)
    const renewed = secretOf(ada)
    clock.advance('2m')
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => slow.visit((session) => session.user)))
    expect(outcomes.map((outcome) => outcome.refusal === null && outcome.result)).toEqual(Array(10).fill('ada'))
    expect(outcomes.flatMap((outcome) => outcome.cookies)).toEqual([])
    expect(secretOf(ada)).toBe(renewed)
  })

  test('LC-09 whoever comes with a former secret is not handed the new one', async () => {
    const { ada, copy, clock } = await signedIn()
    clock.advance('15m')
    const slow = copy()
    await who(ada)
    await who(ada)
    clock.advance('1m')
    expect((await slow.visit((session) => session.renew())).cookies).toEqual([])
  })

  test('an answer that was lost costs nothing: the current secret is still good, and another offer follows', async () => {
    const { ada, clock } = await signedIn()
    clock.advance('15m')
    const before = ada.jar.copy()
    await who(ada)
    const lost = secretOf(ada)
    ada.jar.take([`__Host-sid=${before.value('__Host-sid')}; Path=/; Secure`])
    clock.advance('2m')
    expect((await ada.visit((session) => session.user)).cookies).toEqual([])
    clock.advance('1m')
    await who(ada)
    expect(secretOf(ada)).not.toBe(lost)
    expect(await who(ada)).toBe('ada')
  })

  test('renew() makes it due at once, or at the first moment that is allowed', async () => {
    const { ada, clock } = await signedIn()
    expect((await ada.visit((session) => session.renew())).cookies).toHaveLength(1)
    await who(ada)
    expect((await ada.visit((session) => session.renew())).cookies).toEqual([])
    clock.advance('3m')
    expect((await ada.visit((session) => session.user)).cookies).toEqual([])
    clock.advance(1)
    expect((await ada.visit((session) => session.user)).cookies).toHaveLength(1)
  })

  test('every: false turns it off', async () => {
    const { ada, clock } = await signedIn({ renewal: { every: false } })
    clock.advance('2h')
    expect((await ada.visit((session) => session.user)).cookies).toEqual([])
  })

  test('visitors are not renewed', async () => {
    const { browser, clock } = site()
    const visitor = browser()
    await visitor.ask((session) => {
      session.data.likes = 1
    })
    clock.advance('2h')
    expect((await visitor.visit((session) => session.data.likes)).cookies).toEqual([])
  })
})

describe('a copied cookie', () => {
  test('LC-08 used after its owner’s renewal and the grace, it ends the session, and the event says whose', async () => {
    const { ada, copy, clock, events } = await signedIn()
    const thief = copy()
    clock.advance('15m')
    await who(ada)
    await who(ada)
    clock.advance('4m')
    expect(await who(thief)).toBeNull()
    expect(events.reused).toMatchObject([{ user: 'ada', action: 'end' }])
    expect(await who(ada)).toBeNull()
  })

  test("'report' only says it, and the copy still opens nothing", async () => {
    const { ada, copy, clock, events } = await signedIn({ renewal: { onReuse: 'report' } })
    const thief = copy()
    clock.advance('15m')
    await who(ada)
    await who(ada)
    clock.advance('4m')
    expect(await who(thief)).toBeNull()
    expect(events.reused).toMatchObject([{ user: 'ada', action: 'report' }])
    expect(await who(ada)).toBe('ada')
  })

  test("'step-up' asks the owner to prove more: the level is 0 until then", async () => {
    const { ada, copy, clock } = await signedIn({ renewal: { onReuse: 'step-up' } })
    const thief = copy()
    clock.advance('15m')
    await who(ada)
    await who(ada)
    clock.advance('4m')
    expect(await who(thief)).toBeNull()
    expect(await ada.ask((session) => session.auth?.level)).toBe(0)
    await ada.ask((session) => session.stepUp({ level: 2 }))
    expect(await ada.ask((session) => session.auth?.level)).toBe(2)
  })

  test('a thief who takes the new secrets is noticed by the owner’s next request', async () => {
    const { ada, copy, clock, events } = await signedIn()
    const thief = copy()
    clock.advance('15m')
    await who(thief)
    await who(thief)
    clock.advance('4m')
    expect(await who(ada)).toBeNull()
    expect(events.reused).toHaveLength(1)
    expect(await who(thief)).toBeNull()
  })
})

describe('six offers that nobody took', () => {
  /** A client that never sees our cookies. */
  async function deaf(onStalled: 'end' | 'report') {
    const shop = await signedIn({ renewal: { onStalled } })
    const request = { headers: { cookie: `__Host-sid=${secretOf(shop.ada)}` } }
    const ask = () => shop.browser().visit((session) => session.user, request)
    shop.clock.advance('15m')
    for (let offer = 0; offer < 6; offer += 1) {
      expect((await ask()).cookies).toHaveLength(1)
      shop.clock.advance('3m')
    }
    return { ...shop, ask }
  }

  test('no seventh is made, and it is said once', async () => {
    const { ask, clock, events } = await deaf('report')
    for (let n = 0; n < 5; n += 1) {
      expect(await ask()).toMatchObject({ cookies: [], result: 'ada' })
      clock.advance('3m')
    }
    expect(events.stalled).toMatchObject([{ user: 'ada', action: 'report' }])
  })

  test("'end' shuts out whoever keeps the old copy", async () => {
    const { ask, events } = await deaf('end')
    expect(await ask()).toMatchObject({ result: null })
    expect(events.stalled).toMatchObject([{ user: 'ada', action: 'end' }])
  })
})

describe('what is not final leaves everything as it is', () => {
  test('a number above the highest: a write was lost', async () => {
    const { ada, browser, sessions } = await signedIn()
    const { handle } = partsOf(secretOf(ada))
    const ahead = codecOf('__Host-sid').issue(handle, 9, 's'.repeat(43))
    expect(await browser().ask((session) => session.user, { headers: { cookie: `__Host-sid=${ahead}` } })).toBeNull()
    expect(await who(ada)).toBe('ada')
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  test.each(['facts', 'keys'] as const)('%s of a later format', async (column) => {
    const store = memoryStore()
    const newer: Store = {
      ...passing(store),
      get: (handle) => {
        const row = store.get(handle)
        return row === null ? null : { ...row, [column]: `2${row[column].slice(1)}` }
      },
    }
    const shop = site({ store })
    const ada = shop.browser()
    await ada.ask((session) => session.signIn('ada'))
    const older = browserOf(site({ store: newer }).sessions, shop.clock, ada.jar.copy())
    const outcome = await older.visit((session) => session.user)
    expect(outcome).toMatchObject({ result: null, cookies: [] })
    expect(await who(ada)).toBe('ada')
  })

  test('a credential of a later format, or by a key that is not known: no visitor’s row is created over it', async () => {
    const { browser, events, sessions } = site()
    for (const cookie of [
      `2${'x'.repeat(118)}`,
      codecOf('__Host-vid', 'a key of another node, with 40 characters').issue('h'.repeat(22), 1, 's'.repeat(43)),
    ]) {
      const outcome = await browser().visit(
        (session) => {
          session.data.likes = 1
          return session.commit()
        },
        { headers: { cookie: `__Host-vid=${cookie}` } },
      )
      expect(outcome).toMatchObject({ result: 'dropped', cookies: [] })
    }
    expect(events.dropped.map((event) => event.reason)).toEqual(['unresolved', 'unresolved'])
    expect((await sessions.all()).sessions).toEqual([])
  })

  test('a promotion that cannot be written does not fail the request', async () => {
    const inner = memoryStore()
    let broken = false
    const store: Store = {
      ...passing(inner),
      patch: (handle, patch, now) => {
        if (broken) throw new Error('down')
        return inner.patch(handle, patch, now)
      },
    }
    const { ada, clock } = await signedIn({ store })
    clock.advance('15m')
    await who(ada)
    broken = true
    expect(await who(ada)).toBe('ada')
    broken = false
    expect(await who(ada)).toBe('ada')
  })

  test('an offer that could not be written is not sent', async () => {
    const inner = memoryStore()
    let broken = false
    const store: Store = {
      ...passing(inner),
      patch: (handle, patch, now) => {
        if (broken) throw new Error('down')
        return inner.patch(handle, patch, now)
      },
    }
    const { ada, clock } = await signedIn({ store })
    clock.advance('15m')
    broken = true
    expect(await ada.visit((session) => session.user)).toMatchObject({ cookies: [], result: 'ada' })
  })
})

describe('keys', () => {
  const OLD = SECRET
  const NEW = 'Zz8mQw2LkT5vXn1RbY7sHc4JdF9gP0aEuIo6tBxNqWk'

  test('KY-05 by an older key of the list all are still known; users get the new one at their next renewal', async () => {
    const { ada, store, clock, sessions: _ } = await signedIn()
    const rolled = browserOf(site({ store, secret: [NEW, OLD], now: () => clock.now() }).sessions, clock, ada.jar)
    expect(await who(rolled)).toBe('ada')
    clock.advance('15m')
    await who(rolled)
    const only = browserOf(site({ store, secret: NEW, now: () => clock.now() }).sessions, clock, ada.jar)
    expect(await who(only)).toBe('ada')
  })

  test('KY-05 PL-03 a visitor’s cookie is written anew with the next page, with the same secret', async () => {
    const shop = site()
    const visitor = shop.browser()
    await visitor.ask((session) => {
      session.data.likes = 1
    })
    const before = partsOf(visitor.cookie('__Host-vid') ?? '')
    const rolled = browserOf(site({ store: shop.store, secret: [NEW, OLD] }).sessions, shop.clock, visitor.jar)
    // PL-03: not with a file, which no handler looks at the session for.
    expect((await rolled.visit(() => 'a file')).cookies).toEqual([])
    expect((await rolled.visit((session) => session.data.likes)).cookies).toHaveLength(1)
    const after = partsOf(visitor.cookie('__Host-vid') ?? '')
    expect(after).toMatchObject({ handle: before.handle, secret: before.secret })
    expect(after.keyId).not.toBe(before.keyId)
    expect((await rolled.visit((session) => session.data.likes)).cookies).toEqual([])
  })

  test('KY-05 a key that was taken out opens nothing', async () => {
    const { ada, store, clock } = await signedIn()
    const elsewhere = browserOf(site({ store, secret: NEW }).sessions, clock, ada.jar.copy())
    expect(await who(elsewhere)).toBeNull()
  })

  test('a ring that can be read again is asked once more for an unknown key', async () => {
    const { ada, store, clock } = await signedIn()
    const { secretKeyring } = await import('../../src/keyring/secret-keyring.js')
    const ring = (secret: string) => secretKeyring(secret, { production: false, warn: () => undefined })
    let keys = ring(NEW)
    const rereading = {
      signing: () => keys.signing(),
      find: (id: string) => keys.find(id),
      refresh: () => {
        keys = ring(OLD)
      },
    }
    const elsewhere = browserOf(
      site({ store, secret: rereading, now: () => clock.now() }).sessions,
      clock,
      ada.jar.copy(),
    )
    expect(await who(elsewhere)).toBe('ada')
  })
})

/** The acts of a store, to be replaced one by one. */
function passing(inner: Store): Store {
  return {
    name: inner.name,
    create: (row, now) => inner.create(row, now),
    get: (handle, now, fresh) => inner.get(handle, now, fresh),
    patch: (handle, patch, now) => inner.patch(handle, patch, now),
    end: (handle, ending, now) => inner.end(handle, ending, now),
    find: (index, now, cursor, limit) => inner.find(index, now, cursor, limit),
    close: () => inner.close(),
  }
}
