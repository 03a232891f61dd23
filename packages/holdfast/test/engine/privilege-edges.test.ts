import type { Row, Store } from 'holdfast'
import { describe, expect, test } from 'vitest'
import { createActs } from '../../src/engine/acts.js'
import { fenceHandle, raiseFence, readFence } from '../../src/engine/fence.js'
import { browserOf, type Data, type Site, site } from '../support/site.js'
import { spiedStore } from '../support/spied-store.js'

async function signedIn(shop: Site, options: { link?: string } = {}) {
  const ada = shop.browser()
  await ada.ask((session) => session.signIn('ada', options))
  return ada
}

describe('signing in again as who is signed in', () => {
  test('takes the new link and the new lifetimes, where they are named', async () => {
    const shop = site()
    const ada = await signedIn(shop, { link: 'idp 1' })
    await ada.ask((session) => session.signIn('ada', { link: 'idp 2', timeouts: { absolute: '1h' } }))
    const absolute = await ada.ask((session) => session.expires.absolute)
    expect(absolute).toBe(shop.clock.now() + 3_600_000)
    expect(await shop.sessions.revoke({ link: 'idp 1' })).toEqual({ revoked: 0 })
    expect(await shop.sessions.revoke({ link: 'idp 2' })).toEqual({ revoked: 1 })
    expect(await ada.ask((session) => session.user)).toBeNull()
  })

  test('keeps those of before, where they are not', async () => {
    const shop = site()
    const ada = await signedIn(shop, { link: 'idp 1' })
    await ada.ask((session) => session.signIn('ada'))
    expect(await shop.sessions.revoke({ link: 'idp 1' })).toEqual({ revoked: 1 })
  })
})

test('signing in as another user drops the unwritten changes of the former, and says so', async () => {
  const shop = site()
  const ada = await signedIn(shop)
  await ada.ask(async (session) => {
    session.data.note = 'hers'
    await session.signIn('bob')
    expect({ ...session.data }).toEqual({})
  })
  expect(shop.events.dropped).toMatchObject([{ fields: ['note'], reason: 'signed-out', user: 'ada' }])
})

describe('data that cannot be stored', () => {
  const spoil = (data: Partial<Data>) => data.cart?.push(new Date() as never)

  async function withCart(shop: Site) {
    const ada = await signedIn(shop)
    await ada.ask((session) => {
      session.data.cart = ['rope']
    })
    return ada
  }

  test('LC-05 does not keep anybody from signing out', async () => {
    const shop = site()
    const ada = await withCart(shop)
    const copy = browserOf(shop.sessions, shop.clock, ada.jar.copy())
    await ada.ask((session) => {
      spoil(session.data)
      return session.signOut()
    })
    expect(await copy.ask((session) => session.user)).toBeNull()
    expect(shop.events.dropped).toMatchObject([{ fields: ['cart'], reason: 'signed-out' }])
  })

  test('is dropped by a sign-in that does not keep it, and refused by one that does, before anything is done', async () => {
    const spied = spiedStore()
    const shop = site({ store: spied.store })
    const visitor = shop.browser()
    await visitor.ask((session) => {
      session.data.cart = ['rope']
    })
    await visitor.ask(async (session) => {
      spoil(session.data)
      spied.calls.length = 0
      await expect(session.signIn('ada', { keep: ['cart'] })).rejects.toMatchObject({ code: 'HOLDFAST_NOT_JSON' })
      expect(spied.calls.filter(({ act }) => act !== 'get')).toEqual([])
      await session.signIn('ada')
    })
    expect(shop.events.dropped).toMatchObject([{ fields: ['cart'], reason: 'not-kept' }])
  })
})

test.each(['../../etc/passwd', '', 'h'.repeat(21), 'h'.repeat(23), 'é'.repeat(22), '__proto__', `${'h'.repeat(21)}%`])(
  'ID-10 a handle to revoke that is none, such as %j, never reaches the store',
  async (handle) => {
    const spied = spiedStore()
    const { sessions } = site({ store: spied.store })
    expect(await sessions.revoke({ user: 'ada', handle })).toEqual({ revoked: 0 })
    expect(spied.calls).toEqual([])
  },
)

test('what is wrong with the arguments of a sign-in rejects, and is not thrown at the caller', async () => {
  const { browser } = site()
  await browser().ask(async (session) => {
    const attempt = session.signIn('', {}).then(
      () => 'signed in',
      (error: Error & { code?: string }) => error.code,
    )
    expect(await attempt).toBe('HOLDFAST_CONFIG')
  })
})

test('a fence that expires while it is raised is made anew', async () => {
  const handle = fenceHandle('user', 'ada')
  const expiry = 1_000_000
  let row = { handle, kind: 'record', expiresAt: expiry, ended: null, ops: [], fields: new Map() } as unknown as Row
  let time = expiry - 1
  let patches = 0
  const store = {
    name: 'test',
    patch: (_handle: string, _patch: object, now: number) => {
      patches += 1
      if (patches > 20) throw new Error('it never ends')
      return row.expiresAt <= now ? null : 2
    },
    get: () => row,
    create: (next: Row, now: number) => {
      if (row.expiresAt > now) return false
      row = next
      return true
    },
  } as unknown as Store
  const acts = createActs({ store, timeout: 1_000, now: () => time, failed: () => undefined })
  const now = () => time++
  await raiseFence(acts, handle, now)
  expect(await readFence(acts, handle, time)).not.toBeNull()
})
