import { memoryStore, type Patch, type Row, type Store } from 'holdfast'
import { describe, expect, test } from 'vitest'
import { type Browser, browserOf, site } from '../support/site.js'

/** A store that can be told to do something right before an act. */
function interrupted(): {
  store: Store
  before: { [Act in 'create' | 'end' | 'patch']?: (() => unknown) | undefined }
} {
  const inner = memoryStore()
  const before: { [Act in 'create' | 'end' | 'patch']?: (() => unknown) | undefined } = {}
  const once = async (act: keyof typeof before): Promise<void> => {
    const interruption = before[act]
    before[act] = undefined
    await interruption?.()
  }
  const store: Store = {
    name: 'interrupted',
    create: async (row, now) => {
      await once('create')
      return inner.create(row, now)
    },
    get: (handle) => inner.get(handle),
    patch: async (handle, patch, now) => {
      await once('patch')
      return inner.patch(handle, patch, now)
    },
    end: async (handle, ending, now) => {
      await once('end')
      return inner.end(handle, ending, now)
    },
    find: (index, now, cursor, limit) => inner.find(index, now, cursor, limit),
    sweep: (now, limit) => inner.sweep(now, limit),
    close: () => undefined,
  }
  return { store, before }
}

async function signedIn(browser: Browser, user = 'ada'): Promise<Browser> {
  await browser.ask((session) => session.signIn(user))
  return browser
}

describe('signing in as another user', () => {
  test('the former user is signed out first', async () => {
    const { browser, sessions, events } = site()
    const shared = await signedIn(browser())
    await shared.ask((session) => session.signIn('bob'))
    expect(await shared.ask((session) => session.user)).toBe('bob')
    expect(await sessions.list('ada')).toEqual([])
    expect(events['signed-out']).toMatchObject([{ user: 'ada' }])
  })

  test('fields cannot be kept: they are the former user’s', async () => {
    const { browser, sessions } = site()
    const shared = await signedIn(browser())
    await expect(shared.ask((session) => session.signIn('bob', { keep: ['cart'] }))).rejects.toMatchObject({
      code: 'HOLDFAST_KEEP_ACROSS_USERS',
    })
    expect((await sessions.list('ada')).length).toBe(1)
  })

  test('also where the cookie is of a row that the former user stepped up from', async () => {
    const { browser, sessions, clock } = site()
    const shared = await signedIn(browser())
    const late = browserOf(sessions, clock, shared.jar.copy())
    await shared.ask((session) => session.stepUp())
    await late.ask((session) => session.signIn('bob'))
    expect(await sessions.list('ada')).toEqual([])
  })
})

describe('what crosses over', () => {
  test('LC-03 kept fields that others write to the old row until its end are merged over', async () => {
    const { store, before } = interrupted()
    const { browser, sessions, clock } = site({ store })
    const ada = browser()
    await ada.ask((session) => {
      session.data.cart = ['rope']
      session.data.note = 'x'
    })
    const tab = browserOf(sessions, clock, ada.jar.copy())
    before.end = () =>
      tab.ask((session) => {
        session.data.cart?.push('hook')
        delete session.data.note
      })
    await ada.ask(async (session) => {
      session.data.cart?.push('anchor')
      await session.signIn('ada', { keep: ['cart', 'note'] })
    })
    expect(await ada.ask((session) => ({ ...session.data }))).toEqual({ cart: ['rope', 'hook', 'anchor'] })
  })

  test('where the answer to a sign-in was lost, the next one finds the fields in the row it superseded', async () => {
    const { browser, sessions, clock } = site()
    const ada = browser()
    await ada.ask((session) => {
      session.data.cart = ['rope']
    })
    const before = browserOf(sessions, clock, ada.jar.copy())
    await ada.ask((session) => session.signIn('ada', { keep: ['cart'] }))
    await before.ask((session) => session.signIn('ada', { keep: ['cart'] }))
    expect(await before.ask((session) => session.data.cart)).toEqual(['rope'])
  })

  test('a step-up carries what was not written yet, removals too', async () => {
    const { browser } = site()
    const ada = await signedIn(browser())
    await ada.ask((session) => Object.assign(session.data, { cart: ['rope'], note: 'x', likes: 1 }))
    await ada.ask(async (session) => {
      session.data.cart?.push('hook')
      delete session.data.note
      await session.stepUp()
      expect({ ...session.data }).toEqual({ cart: ['rope', 'hook'], likes: 1 })
    })
    expect(await ada.ask((session) => ({ ...session.data }))).toEqual({ cart: ['rope', 'hook'], likes: 1 })
  })

  test('a step-up brings over what others wrote to any field until the old row’s end', async () => {
    const { store, before } = interrupted()
    const { browser, sessions, clock } = site({ store })
    const ada = await signedIn(browser())
    const tab = browserOf(sessions, clock, ada.jar.copy())
    before.end = () =>
      tab.ask((session) => {
        session.data.f7 = 7
      })
    await ada.ask((session) => session.stepUp())
    expect(await ada.ask((session) => session.data.f7)).toBe(7)
  })
})

describe('sign-out', () => {
  test('LC-05 with the cookie from before a step-up it ends what came after', async () => {
    const { browser, sessions, clock } = site()
    const ada = await signedIn(browser())
    const late = browserOf(sessions, clock, ada.jar.copy())
    await ada.ask((session) => session.stepUp())
    await ada.ask((session) => session.stepUp())
    await late.ask((session) => session.signOut())
    expect(await ada.ask((session) => session.user)).toBeNull()
  })

  test('whoever planted a visitor’s cookie cannot sign the victim out with it', async () => {
    const { browser, sessions, clock } = site()
    const thief = browser()
    await thief.ask((session) => {
      session.data.note = 'planted'
    })
    const victim = browserOf(sessions, clock, thief.jar.copy())
    await signedIn(victim)
    await thief.ask((session) => session.signOut())
    expect(await victim.ask((session) => session.user)).toBe('ada')
  })

  test('CR-02 where two valid cookies of one name came it ends both, though the request is nobody’s', async () => {
    const { browser, sessions } = site()
    const [one, other] = [await signedIn(browser()), await signedIn(browser())]
    const cookie = `__Host-sid=${one.cookie('__Host-sid')}; __Host-sid=${other.cookie('__Host-sid')}`
    const outcome = await browser().visit(
      async (session) => {
        expect(session.user).toBeNull()
        await session.signOut()
      },
      { headers: { cookie } },
    )
    expect(outcome.refusal).toBeNull()
    expect(await sessions.list('ada')).toEqual([])
  })

  test('LC-04 it succeeds twice, and without any session', async () => {
    const { browser } = site()
    const ada = await signedIn(browser())
    await ada.ask((session) => session.signOut())
    await ada.ask((session) => session.signOut())
    await browser().ask((session) => session.signOut())
    expect(await ada.ask((session) => session.user)).toBeNull()
  })

  test('LC-06 a step-up that is under way is overtaken, and its row ended', async () => {
    const { store, before } = interrupted()
    const { browser, sessions, clock } = site({ store })
    const ada = await signedIn(browser())
    const other = browserOf(sessions, clock, ada.jar.copy())
    before.end = () => other.ask((session) => session.signOut())
    const outcome = ada.visit((session) => session.stepUp())
    await expect(outcome).rejects.toMatchObject({ code: 'HOLDFAST_ENDED' })
    expect(await sessions.list('ada')).toEqual([])
  })
})

describe('revocation', () => {
  test('LC-12 of a user while they sign in: the new row is ended, and the sign-in throws', async () => {
    const { store, before } = interrupted()
    const { browser, sessions } = site({ store })
    before.create = () => sessions.revoke({ user: 'ada' })
    await expect(signedIn(browser())).rejects.toMatchObject({ code: 'HOLDFAST_REVOKED' })
    expect(await sessions.list('ada')).toEqual([])
  })

  test('of a user while the password is checked, where the sign-in had begun before', async () => {
    const { browser, sessions } = site()
    const begun = await sessions.beginSignIn('ada')
    await sessions.revoke({ user: 'ada' })
    await expect(browser().ask((session) => session.signIn(begun))).rejects.toMatchObject({ code: 'HOLDFAST_REVOKED' })
    await signedIn(browser())
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  test('by link', async () => {
    const { browser, sessions } = site()
    const [one, other] = [browser(), browser()]
    await one.ask((session) => session.signIn('ada', { link: 'idp 1' }))
    await other.ask((session) => session.signIn('ada', { link: 'idp 2' }))
    expect(await sessions.revoke({ link: 'idp 1' })).toEqual({ revoked: 1 })
    expect(await Promise.all([one, other].map((b) => b.ask((session) => session.user)))).toEqual([null, 'ada'])
  })

  test('of a link while somebody signs in under it', async () => {
    const { store, before } = interrupted()
    const { browser, sessions } = site({ store })
    before.create = () => sessions.revoke({ link: 'idp 1' })
    await expect(browser().ask((session) => session.signIn('ada', { link: 'idp 1' }))).rejects.toMatchObject({
      code: 'HOLDFAST_REVOKED',
    })
  })

  test('by the handle of a row that was stepped up: what came after ends too', async () => {
    const { browser, sessions } = site()
    const ada = await signedIn(browser())
    const handle = (await ada.ask((session) => session.handle)) as string
    await ada.ask((session) => session.stepUp())
    await sessions.revoke({ user: 'ada', handle })
    expect(await ada.ask((session) => session.user)).toBeNull()
  })

  test('with except, what was stepped up from it stays too', async () => {
    const { browser, sessions } = site()
    const [here, there] = [await signedIn(browser()), await signedIn(browser())]
    const except = (await here.ask((session) => session.handle)) as string
    await here.ask((session) => session.stepUp())
    await here.ask((session) => session.stepUp())
    expect(await sessions.revoke({ user: 'ada', except })).toEqual({ revoked: 1 })
    expect(await Promise.all([here, there].map((b) => b.ask((session) => session.user)))).toEqual(['ada', null])
  })

  test('everyone at once needs keys in the store', async () => {
    await expect(site().sessions.revoke({ everyone: true })).rejects.toMatchObject({ code: 'HOLDFAST_CONFIG' })
  })
})

describe('in order', () => {
  test('after the first byte nothing is done at all', async () => {
    const acts: string[] = []
    const inner = memoryStore()
    const spy = new Proxy<Store>(inner, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          acts.push(String(name))
          return value.apply(target, args) as unknown
        }
      },
    })
    const { sessions } = site({ store: spy })
    const opened = await sessions.open(
      { method: 'GET', url: '/', header: () => undefined, encrypted: true, peer: undefined },
      { arm: () => undefined, unchanged: () => false, sent: () => true },
    )
    if (opened === null || 'refusal' in opened) throw new Error('refused')
    const { session } = opened.exchange
    await expect(session.signIn('ada')).rejects.toMatchObject({ code: 'HOLDFAST_HEADERS_SENT' })
    await expect(session.stepUp()).rejects.toMatchObject({ code: 'HOLDFAST_HEADERS_SENT' })
    await expect(session.update('likes', () => 1)).rejects.toMatchObject({ code: 'HOLDFAST_HEADERS_SENT' })
    expect(() => {
      session.data.likes = 1
    }).toThrow(expect.objectContaining({ code: 'HOLDFAST_HEADERS_SENT' }))
    expect(acts).toEqual([])
    await session.signOut()
  })

  test('two acts that nobody awaited are done one after the other', async () => {
    const { browser, sessions } = site()
    const ada = browser()
    await ada.ask((session) => {
      void session.signIn('ada')
      void session.stepUp({ level: 2 })
    })
    expect(await ada.ask((session) => [session.user, session.auth?.level])).toEqual(['ada', 2])
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  test('a step-up or a change of credentials needs somebody signed in', async () => {
    const { browser } = site()
    await expect(browser().ask((session) => session.stepUp())).rejects.toMatchObject({ code: 'HOLDFAST_ENDED' })
    await expect(browser().ask((session) => session.credentialsChanged())).rejects.toMatchObject({
      code: 'HOLDFAST_ENDED',
    })
  })

  test.each([
    ['', 'empty'],
    ['a\0b', 'U+0000'],
    ['\ud800', 'a lone surrogate'],
    ['é'.repeat(257), '514 bytes'],
  ])('a user id of %j is refused (%s)', async (user) => {
    await expect(browserAsk(user)).rejects.toMatchObject({ code: 'HOLDFAST_CONFIG' })
  })
  const browserAsk = (user: string): Promise<void> =>
    site()
      .browser()
      .ask((session) => session.signIn(user))
})

test('whom a row is for never changes: each privilege act makes another row', async () => {
  const rows = new Map<string, Row['user']>()
  const patches: Patch[] = []
  const inner = memoryStore()
  const store: Store = {
    name: 'watched',
    create: (row, now) => {
      rows.set(row.handle, row.user)
      return inner.create(row, now)
    },
    get: (handle) => inner.get(handle),
    patch: (handle, patch, now) => {
      patches.push(patch)
      return inner.patch(handle, patch, now)
    },
    end: (handle, ending, now) => inner.end(handle, ending, now),
    find: (index, now, cursor, limit) => inner.find(index, now, cursor, limit),
    close: () => undefined,
  }
  const ada = site({ store }).browser()
  await ada.ask((session) => {
    session.data.likes = 1
  })
  await ada.ask((session) => session.signIn('ada', { keep: ['likes'] }))
  await ada.ask((session) => session.stepUp())
  await ada.ask((session) => session.signOut())
  expect([...rows.values()]).toEqual([null, 'ada', 'ada'])
  for (const [handle, user] of rows)
    expect(inner.get(handle)).toMatchObject({ user, ended: { reason: expect.any(String) } })
})
