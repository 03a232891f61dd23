import { describe, expect, test } from 'vitest'
import { site } from '../support/site.js'

describe('visitors', () => {
  test('PL-14 who writes nothing costs nothing', async () => {
    const { browser, store } = site()
    const visitor = browser()
    const outcome = await visitor.visit((session) => [
      session.handle,
      session.user,
      session.data.cart,
      session.isSignedIn(),
    ])
    expect(outcome).toMatchObject({ refusal: null, cookies: [], result: [null, null, undefined, false] })
    expect((await store.find({ all: true }, Date.now(), null, 10)).rows).toEqual([])
  })

  test('the first write creates a row and sets the visitor’s cookie, once', async () => {
    const { browser, events } = site()
    const visitor = browser()
    const first = await visitor.visit((session) => {
      session.data.cart = ['rope']
    })
    expect(first.cookies).toHaveLength(1)
    expect(first.cookies[0]).toMatch(/^__Host-vid=[\w-]{119}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const second = await visitor.visit((session) => session.data.cart?.push('hook'))
    expect(second.cookies).toEqual([])
    expect(await visitor.ask((session) => session.data)).toEqual({ cart: ['rope', 'hook'] })
    expect(events.created).toHaveLength(1)
  })
})

describe('sign-in', () => {
  test('LC-01 ID-11 it issues a new id and the old one is a visitor’s with nothing', async () => {
    const { browser, events } = site()
    const ada = browser()
    const before = await ada.ask(async (session) => {
      session.data.cart = ['rope']
      await session.commit()
      return session.handle
    })
    const old = ada.jar.copy()
    await ada.ask((session) => session.signIn('ada', { keep: ['cart'] }))
    expect(ada.cookie('__Host-vid')).toBeUndefined()
    const [user, handle, cart] = await ada.ask((session) => [session.user, session.handle, session.data.cart])
    expect([user, cart]).toEqual(['ada', ['rope']])
    expect(handle).not.toBe(before)
    expect(events['signed-in']).toMatchObject([{ user: 'ada', handle, from: before }])
    const copied = browser()
    copied.jar.take([`__Host-vid=${old.value('__Host-vid')}; Path=/; Secure`])
    expect(await copied.ask((session) => [session.user, session.handle, Object.keys(session.data)])).toEqual([
      null,
      null,
      [],
    ])
  })

  test('LC-03 nothing crosses over that was not named', async () => {
    const { browser, events } = site()
    const ada = browser()
    await ada.ask((session) => {
      session.data.cart = ['rope']
      session.data.note = 'planted'
    })
    await ada.ask(async (session) => {
      session.data.likes = 1
      await session.signIn('ada', { keep: ['cart'] })
      expect({ ...session.data }).toEqual({ cart: ['rope'] })
    })
    expect(await ada.ask((session) => session.data)).toEqual({ cart: ['rope'] })
    expect(events.dropped).toMatchObject([{ fields: ['likes'], reason: 'not-kept' }])
  })

  test('LC-02 a step-up issues a new id, keeps all data, and the old one is nobody’s', async () => {
    const { browser } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada', { methods: ['pwd'] }))
    await ada.ask((session) => {
      session.data.cart = ['rope']
    })
    const thief = browser()
    thief.jar.take([`__Host-sid=${ada.cookie('__Host-sid')}; Path=/; Secure`])
    await ada.ask((session) => session.stepUp({ methods: ['otp'], level: 2 }))
    expect(await ada.ask((session) => [session.auth?.methods, session.auth?.level, session.data.cart])).toEqual([
      ['pwd', 'otp'],
      2,
      ['rope'],
    ])
    expect(await thief.ask((session) => session.user)).toBeNull()
  })

  test('data that was taken before a privilege act throws', async () => {
    const { browser } = site()
    await browser().ask(async (session) => {
      const { data } = session
      await session.signIn('ada')
      expect(() => data.cart).toThrow(expect.objectContaining({ code: 'HOLDFAST_STALE_DATA' }))
      expect(() => {
        data.likes = 1
      }).toThrow(expect.objectContaining({ code: 'HOLDFAST_STALE_DATA' }))
    })
  })
})

describe('sign-out', () => {
  test('LC-04 LC-05 the old cookie is anonymous, and the new session empty', async () => {
    const { browser, events } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    await ada.ask((session) => {
      session.data.note = 'hers'
    })
    const copy = browser()
    copy.jar.take([`__Host-sid=${ada.cookie('__Host-sid')}; Path=/; Secure`])
    const out = await ada.visit((session) => session.signOut())
    expect(out.cookies.map((line) => line.split(';')[0])).toEqual(['__Host-sid=', '__Host-vid='])
    expect(ada.jar.header()).toBeUndefined()
    expect(await copy.ask((session) => [session.user, session.data.note])).toEqual([null, undefined])
    expect(events['signed-out']).toMatchObject([{ user: 'ada' }])
  })

  test('LC-06 a slow request that ends after the sign-out brings nothing back and sets no cookie', async () => {
    const { browser, events } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    const slow = await ada.visit(async (session) => {
      session.data.note = 'late'
      await ada.ask((other) => other.signOut())
      return session.commit()
    })
    expect(slow).toMatchObject({ result: 'dropped', cookies: [] })
    expect(events.dropped).toMatchObject([{ fields: ['note'], reason: 'signed-out', user: 'ada' }])
    expect(ada.jar.header()).toBeUndefined()
  })

  test('a write after it makes a visitor’s row, and its cookie takes the place of the removal', async () => {
    const { browser } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    await ada.ask(async (session) => {
      await session.signOut()
      session.data.note = 'bye'
    })
    expect(ada.cookie('__Host-sid')).toBeUndefined()
    expect(await ada.ask((session) => [session.user, session.data.note])).toEqual([null, 'bye'])
  })
})

describe('two requests at once', () => {
  test('LC-07 different fields, one list, one counter: everything stays', async () => {
    const { browser } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ada.ask(async (session) => {
          session.data[`f${index}`] = index
          ;(session.data.cart ??= []).push(`item ${index}`)
          await session.update('likes', (likes) => (likes ?? 0) + 1)
        }),
      ),
    )
    const data = await ada.ask((session) => ({ ...session.data }))
    expect(data.likes).toBe(20)
    expect([...(data.cart ?? [])].sort()).toEqual(Array.from({ length: 20 }, (_, index) => `item ${index}`).sort())
    expect(Object.keys(data).filter((name) => name.startsWith('f'))).toHaveLength(20)
  })

  test('the same value set by both is the later one’s, and it is said', async () => {
    const { browser, events } = site()
    const ada = browser()
    await ada.ask((session) => {
      session.data.note = 'first'
    })
    await ada.ask(async (session) => {
      expect(session.data.note).toBe('first')
      await ada.ask((other) => {
        expect(other.data.note).toBe('first')
        other.data.note = 'second'
      })
      session.data.note = 'third'
    })
    expect(await ada.ask((session) => session.data.note)).toBe('third')
    expect(events.overlapped).toMatchObject([{ field: 'note' }])
  })

  test('take answers the value to one request only', async () => {
    const { browser } = site()
    const ada = browser()
    await ada.ask((session) => {
      session.data.note = 'once'
    })
    const taken = await Promise.all(Array.from({ length: 10 }, () => ada.ask((session) => session.take('note'))))
    expect(taken.filter((value) => value !== undefined)).toEqual(['once'])
    expect(await ada.ask((session) => 'note' in session.data)).toBe(false)
  })
})

describe('revocation', () => {
  test('by user, but one session', async () => {
    const { browser, sessions } = site()
    const [here, there, other] = [browser(), browser(), browser()]
    for (const one of [here, there]) await one.ask((session) => session.signIn('ada'))
    await other.ask((session) => session.signIn('bob'))
    expect((await sessions.list('ada')).map((info) => info.user)).toEqual(['ada', 'ada'])
    const revoked = await here.ask(async (session) =>
      session.isSignedIn() ? sessions.revoke({ user: session.user, except: session.handle }) : null,
    )
    expect(revoked).toEqual({ revoked: 1 })
    expect(await Promise.all([here, there, other].map((one) => one.ask((session) => session.user)))).toEqual([
      'ada',
      null,
      'bob',
    ])
  })

  test('LC-15 by handle; somebody else’s is as good as none', async () => {
    const { browser, sessions } = site()
    const ada = browser()
    await ada.ask((session) => session.signIn('ada'))
    const handle = (await ada.ask((session) => session.handle)) as string
    expect(await sessions.revoke({ user: 'bob', handle })).toEqual({ revoked: 0 })
    expect(await ada.ask((session) => session.user)).toBe('ada')
    expect(await sessions.revoke({ user: 'ada', handle })).toEqual({ revoked: 1 })
    expect(await ada.ask((session) => session.user)).toBeNull()
  })

  test('LC-13 credentialsChanged ends the others, and this one goes on with a new secret', async () => {
    const { browser } = site()
    const [here, there] = [browser(), browser()]
    for (const one of [here, there]) await one.ask((session) => session.signIn('ada'))
    const before = here.cookie('__Host-sid')
    await here.ask((session) => session.credentialsChanged())
    expect(here.cookie('__Host-sid')).not.toBe(before)
    expect(await Promise.all([here, there].map((one) => one.ask((session) => session.user)))).toEqual(['ada', null])
  })
})
