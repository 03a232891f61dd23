import { expect, test } from 'vitest'
import { site } from '../support/site.js'

/** A client that keeps the cookie of its sign-in for ever, and has been offered six others. */
async function deaf(onStalled: 'end' | 'report') {
  const shop = site({ renewal: { onStalled } })
  const ada = shop.browser()
  await ada.ask((session) => session.signIn('ada'))
  const request = { headers: { cookie: `__Host-sid=${ada.cookie('__Host-sid')}` } }
  const ask = (handler: () => void = () => undefined) =>
    shop.browser().ask((session) => {
      handler()
      return session.user
    }, request)
  shop.clock.advance('15m')
  for (let offers = 0; offers < 6; offers += 1) {
    await ask()
    shop.clock.advance(offers < 5 ? '3m' : '2.5m')
  }
  return { ...shop, ask }
}

test("onStalled 'end': a slow request that is opened before the last offer’s lease is over and answered after it, does not save the copy", async () => {
  const { ask, clock, events } = await deaf('end')
  expect(await ask(() => clock.advance('1m'))).toBe('ada')
  expect(await ask()).toBeNull()
  expect(events.stalled.map((event) => event.action)).toContain('end')
})

test('renew() also where renewal is off: at once, or at the first moment that is allowed', async () => {
  const { browser, clock } = site({ renewal: { every: false } })
  const ada = browser()
  await ada.ask((session) => session.signIn('ada'))
  const offered = async (handler: 'renew' | 'look') => {
    const { cookies } = await ada.visit((session) => (handler === 'renew' ? session.renew() : session.user))
    return cookies.length
  }
  expect(await offered('renew')).toBe(1)
  expect(await offered('look')).toBe(0)
  expect(await offered('renew')).toBe(0)
  clock.advance('3m')
  expect(await offered('look')).toBe(0)
  clock.advance(1)
  expect(await offered('look')).toBe(1)
  clock.advance('2h')
  expect(await offered('look')).toBe(0)
})
