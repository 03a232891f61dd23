import { memoryStore, type Options, type Row, type Store } from 'holdfast'
import { describe, expect, test } from 'vitest'
import { type Browser, browserOf, type Data, site } from '../support/site.js'

type Act = 'create' | 'get' | 'patch' | 'end' | 'find'
type Fault = 'fails' | 'hangs' | 'answer lost' | null

/** A memory store whose acts can be made to go wrong. */
function faulty() {
  const inner = memoryStore()
  const faults: { [A in Act]?: Fault } = {}
  const calls: Act[] = []
  const act = async <T>(name: Act, carryOut: () => T): Promise<T> => {
    calls.push(name)
    const fault = faults[name] ?? null
    if (fault === 'fails') throw new Error('connection refused by 10.0.0.7')
    if (fault === 'hangs') return new Promise<T>(() => undefined)
    const answer = carryOut()
    if (fault === 'answer lost') {
      faults[name] = null
      throw new Error('connection reset')
    }
    return answer
  }
  const store: Store = {
    name: 'faulty',
    create: (row, now) => act('create', () => inner.create(row, now)),
    get: (handle) => act('get', () => inner.get(handle)),
    patch: (handle, patch, now) => act('patch', () => inner.patch(handle, patch, now)),
    end: (handle, ending, now) => act('end', () => inner.end(handle, ending, now)),
    find: (index, now, cursor, limit) => act('find', () => inner.find(index, now, cursor, limit)),
    close: () => undefined,
  }
  return { store, inner, faults, calls }
}

async function signedIn(options: Partial<Options<Data>> = {}) {
  const broken = faulty()
  const shop = site({ store: broken.store, storeTimeout: 50, ...options })
  const ada = shop.browser()
  await ada.ask((session) => session.signIn('ada'))
  broken.calls.length = 0
  return { ...shop, ...broken, ada }
}

const write = (browser: Browser) =>
  browser.visit((session) => {
    session.data.likes = 1
  })

describe('PL-11 PL-13 a store that is down', () => {
  test.each(['fails', 'hangs'] as const)(
    'get %s: 503 with Retry-After, and the handler is not called',
    async (fault) => {
      const { ada, faults, events } = await signedIn()
      faults.get = fault
      let called = false
      const outcome = await ada.visit(() => {
        called = true
      })
      expect(outcome.refusal).toMatchObject({
        status: 503,
        headers: { 'retry-after': '5', 'cache-control': 'no-store' },
        error: { code: 'HOLDFAST_STORE' },
      })
      expect([called, outcome.cookies]).toEqual([false, []])
      expect(events.store[0]).toMatchObject({ act: 'get' })
    },
  )

  test.each(['fails', 'hangs'] as const)('patch %s: 503, no cookie', async (fault) => {
    const { ada, faults } = await signedIn()
    faults.patch = fault
    expect(await write(ada)).toMatchObject({
      refusal: { status: 503, error: { code: 'HOLDFAST_UNKNOWN_OUTCOME' } },
      cookies: [],
    })
  })

  test.each(['fails', 'hangs'] as const)('create %s: 503, and no cookie that promises a row', async (fault) => {
    const { browser, faults } = await signedIn()
    faults.create = fault
    expect(await write(browser())).toMatchObject({ refusal: { status: 503 }, cookies: [] })
  })

  test('the answer names neither the cause nor a secret', async () => {
    const { ada, faults } = await signedIn()
    faults.get = 'fails'
    const { refusal } = await ada.visit(() => 0)
    expect(refusal?.body).toBe('Service Unavailable (HOLDFAST_STORE)\n')
    expect(refusal?.error.cause).toMatchObject({ message: 'connection refused by 10.0.0.7' })
  })

  test("onStoreDown: 'visitor' serves nobody as signed in, and creates nothing in place of a cookie", async () => {
    const { ada, faults, browser } = await signedIn({ onStoreDown: 'visitor' })
    const visitor = browser()
    await write(visitor)
    faults.get = 'fails'
    expect(await ada.visit((session) => session.user)).toMatchObject({ result: null, cookies: [] })
    const outcome = await visitor.visit((session) => {
      session.data.likes = 2
      return session.commit()
    })
    expect(outcome).toMatchObject({ result: 'dropped', cookies: [] })
  })

  test('a touch or an offer that cannot be written takes nothing from the request', async () => {
    const { ada, faults, clock } = await signedIn()
    clock.advance('16m')
    faults.patch = 'fails'
    expect(await ada.visit((session) => session.user)).toMatchObject({ result: 'ada', cookies: [] })
  })
})

describe('an outcome that is unknown', () => {
  test.each(['create', 'end'] as const)(
    '%s is sent once more where its answer was lost, and the sign-in succeeds',
    async (act) => {
      const { browser, faults, calls } = await signedIn()
      const visitor = browser()
      await write(visitor)
      calls.length = 0
      faults[act] = 'answer lost'
      await visitor.ask((session) => session.signIn('bob'))
      expect(calls.filter((call) => call === act)).toHaveLength(2)
      expect(await visitor.ask((session) => session.user)).toBe('bob')
    },
  )

  test('a patch is sent once more, and is not carried out twice', async () => {
    const { ada, faults } = await signedIn()
    faults.patch = 'answer lost'
    await ada.ask((session) => session.update('likes', (likes) => (likes ?? 0) + 1))
    expect(await ada.ask((session) => session.data.likes)).toBe(1)
  })

  test('a sign-in whose old row could not be ended has no effect, and sends no cookie', async () => {
    const { browser, faults, sessions } = await signedIn()
    const visitor = browser()
    await write(visitor)
    faults.end = 'fails'
    await expect(visitor.ask((session) => session.signIn('bob'))).rejects.toMatchObject({
      code: 'HOLDFAST_UNKNOWN_OUTCOME',
    })
    faults.end = null
    expect(visitor.cookie('__Host-sid')).toBeUndefined()
    expect(await visitor.ask((session) => session.user)).toBeNull()
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  test('PL-11 a sign-out that fails is thrown, and leaves the cookies so that it can be tried again', async () => {
    const { ada, faults } = await signedIn()
    faults.end = 'fails'
    const outcome = await ada.visit(async (session) => {
      await expect(session.signOut()).rejects.toMatchObject({ code: 'HOLDFAST_UNKNOWN_OUTCOME' })
    })
    expect(outcome.cookies).toEqual([])
    faults.end = null
    await ada.ask((session) => session.signOut())
    expect(await ada.ask((session) => session.user)).toBeNull()
  })

  test('the cookie of a finished sign-in goes with the 503 for what failed after it', async () => {
    const { browser, faults } = await signedIn()
    const bob = browser()
    const outcome = await bob.visit(async (session) => {
      await session.signIn('bob')
      session.data.likes = 1
      faults.patch = 'fails'
    })
    expect(outcome.refusal).toMatchObject({ status: 503, headers: { vary: 'Cookie', 'cache-control': 'no-store' } })
    faults.patch = null
    expect(await bob.ask((session) => [session.user, session.data.likes])).toEqual(['bob', undefined])
  })

  test('commit rejects', async () => {
    const { ada, faults } = await signedIn()
    const outcome = ada.ask(async (session) => {
      session.data.likes = 1
      faults.patch = 'fails'
      await expect(session.commit()).rejects.toMatchObject({ code: 'HOLDFAST_UNKNOWN_OUTCOME' })
      faults.patch = null
    })
    await outcome
    expect(await ada.ask((session) => session.data.likes)).toBe(1)
  })

  test('after the first byte a write that fails ends the answer normally, and is said', async () => {
    const { ada, faults, sessions, events } = await signedIn()
    const opened = await sessions.open({
      method: 'GET',
      url: '/',
      header: (name) => (name === 'cookie' ? ada.jar.header() : undefined),
      encrypted: true,
      peer: undefined,
    })
    if (opened === null || 'refusal' in opened) throw new Error('refused')
    const { exchange } = opened
    await exchange.settle()
    exchange.session.data.likes = 1
    faults.patch = 'fails'
    await exchange.finish()
    expect(events.store.at(-1)).toMatchObject({ act: 'patch' })
  })
})

describe('LC-19 a store that may answer from a replica', () => {
  /** `get` without `fresh` answers what the rows were when the replica last heard of them. */
  function replicated() {
    const primary = memoryStore()
    let replica = new Map<string, Row | null>()
    const seen = new Set<string>()
    const reads: boolean[] = []
    const store: Store = {
      name: 'replicated',
      mayBeStale: true,
      create: (row, now) => {
        seen.add(row.handle)
        return primary.create(row, now)
      },
      get: (handle, _now, fresh = false) => {
        reads.push(fresh)
        return fresh ? primary.get(handle) : (replica.get(handle) ?? null)
      },
      patch: (handle, patch, now) => primary.patch(handle, patch, now),
      end: (handle, ending, now) => primary.end(handle, ending, now),
      find: (index, now, cursor, limit) => primary.find(index, now, cursor, limit),
      close: () => undefined,
    }
    const catchUp = (): void => {
      replica = new Map([...seen].map((handle) => [handle, primary.get(handle)]))
    }
    return { store, catchUp, reads }
  }

  test('a miss is judged again on the primary before it means anything', async () => {
    const { store, reads } = replicated()
    const ada = site({ store }).browser()
    await ada.ask((session) => session.signIn('ada'))
    reads.length = 0
    expect(await ada.ask((session) => session.user)).toBe('ada')
    expect(reads).toEqual([false, true])
  })

  test('so are idle time and reuse; a live verdict costs one read', async () => {
    const { store, catchUp, reads } = replicated()
    const shop = site({ store })
    const ada = shop.browser()
    await ada.ask((session) => session.signIn('ada'))
    catchUp()
    shop.clock.advance('20m')
    await ada.ask((session) => session.user)
    shop.clock.advance('20m')
    expect(await ada.ask((session) => session.user)).toBe('ada')
    catchUp()
    reads.length = 0
    expect(await ada.ask((session) => session.user)).toBe('ada')
    expect(reads).toEqual([false])
    expect(shop.events.reused).toEqual([])
    expect(shop.events.expired).toEqual([])
  })

  test('a write that a stale read made impossible is planned again from the primary', async () => {
    const { store, catchUp } = replicated()
    const shop = site({ store })
    const ada = shop.browser()
    await ada.ask((session) => session.signIn('ada'))
    catchUp()
    const tab = browserOf(shop.sessions, shop.clock, ada.jar.copy())
    await ada.ask((session) => session.update('likes', () => 1))
    await tab.ask((session) => session.update('likes', (likes) => (likes ?? 0) + 1))
    catchUp()
    expect(await ada.ask((session) => session.data.likes)).toBe(2)
  })
})
