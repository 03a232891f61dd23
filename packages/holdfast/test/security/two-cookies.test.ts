import { direct } from 'holdfast/testing'
import { describe, expect, test } from 'vitest'
import { type Browser, type Site, site } from '../support/site.js'

const [USER, VISITOR] = ['__Host-sid', '__Host-vid']

/** Somebody with a user's cookie and a visitor's, which a browser can hold beside each other after some orders of answers. */
async function person(shop: Site, name: string): Promise<{ readonly user: string; readonly visitor: string }> {
  const visitor = shop.browser()
  await visitor.ask((session) => {
    session.data.note = `visitor ${name}`
  })
  const user = shop.browser()
  await user.ask(async (session) => {
    await session.signIn(name)
    session.data.note = `user ${name}`
  })
  return { user: cookieOf(user, USER), visitor: cookieOf(visitor, VISITOR) }
}

function cookieOf(browser: Browser, name: string): string {
  return `${name}=${browser.cookie(name)}`
}

/** Who comes with these cookies, and what their session holds. */
async function seen(shop: Site, ...cookies: string[]): Promise<unknown> {
  const headers = { cookie: cookies.join('; ') }
  const outcome = await direct(shop.sessions, { headers }, ({ user, data }) => [user, data.note ?? null])
  if (outcome.refusal !== null) throw outcome.refusal.error
  return outcome.result
}

describe('CK-13 no session is made up of two cookies: one names it whole', () => {
  test('beside a user’s cookie a visitor’s says nothing, whoever’s it is', async () => {
    const shop = site()
    const [ada, bob] = [await person(shop, 'ada'), await person(shop, 'bob')]
    for (const visitor of [ada.visitor, bob.visitor]) {
      expect(await seen(shop, ada.user, visitor)).toEqual(['ada', 'user ada'])
      expect(await seen(shop, visitor, bob.user)).toEqual(['bob', 'user bob'])
    }
    expect(await seen(shop, ada.visitor)).toEqual([null, 'visitor ada'])
    expect(await seen(shop, bob.visitor)).toEqual([null, 'visitor bob'])
  })

  test('what is written with both goes to the user’s alone', async () => {
    const shop = site()
    const [ada, bob] = [await person(shop, 'ada'), await person(shop, 'bob')]
    await direct(shop.sessions, { headers: { cookie: `${ada.user}; ${bob.visitor}` } }, ({ data }) => {
      data.note = 'written'
    })
    expect(await seen(shop, ada.user)).toEqual(['ada', 'written'])
    expect(await seen(shop, bob.visitor)).toEqual([null, 'visitor bob'])
  })

  test('a credential under the other’s name is none, and is reported', async () => {
    const shop = site()
    const ada = await person(shop, 'ada')
    const [swapped, planted] = [ada.user.replace(USER, VISITOR), ada.visitor.replace(VISITOR, USER)]
    for (const cookies of [[swapped], [planted], [swapped, planted]]) {
      expect(await seen(shop, ...cookies)).toEqual([null, null])
    }
    expect(shop.events.refused.map((event) => event.reason)).toEqual(Array(4).fill('tampered'))
  })

  test('one name that comes twice, with two people’s values, opens neither’s, and is reported', async () => {
    const shop = site()
    const [ada, bob] = [await person(shop, 'ada'), await person(shop, 'bob')]
    expect(await seen(shop, ada.user, bob.user)).toEqual([null, null])
    expect(await seen(shop, ada.visitor, bob.visitor)).toEqual([null, null])
    expect(shop.events.refused.map((event) => event.reason)).toEqual(['twice', 'twice'])
  })
})
