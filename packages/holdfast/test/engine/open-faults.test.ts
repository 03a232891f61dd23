import type { Keyring, StandardSchema } from 'holdfast'
import { directArrival } from 'holdfast/testing'
import { describe, expect, test } from 'vitest'
import { secretKeyring } from '../../src/keyring/secret-keyring.js'
import { type Data, SECRET, site } from '../support/site.js'
import { actsOf, spiedStore } from '../support/spied-store.js'

const nothingFits: StandardSchema<Data> = {
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ path: ['note'] }] }) },
}

describe('PL-11 nobody is signed in by half an opening', () => {
  test("onStoreDown 'visitor': a session that should have been ended, and could not be, is not the visitor’s", async () => {
    const spied = spiedStore()
    const before = site({ store: spied.store })
    const ada = before.browser()
    await ada.ask(async (session) => {
      await session.signIn('ada')
      session.data.note = 'x'
    })
    const shop = site({ store: spied.store, schema: nothingFits, onInvalid: 'end', onStoreDown: 'visitor' })
    spied.fault = ({ act }) => (act === 'end' ? 'fail' : undefined)
    const browser = shop.browser()
    browser.jar.take([`__Host-sid=${ada.cookie('__Host-sid')}; Path=/; Secure`])
    const seen = await browser.visit((session) => {
      const { user, handle } = session
      session.data.likes = 1
      return [user, handle]
    })
    expect(seen).toMatchObject({ result: [null, null], cookies: [] })
  })

  const unreadable: Keyring = {
    ...secretKeyring(SECRET, { production: false, warn: () => undefined }),
    refresh: async () => {
      throw new Error('connection refused')
    },
  }
  const headers = { cookie: `__Host-vid=1zzzzzz${'a'.repeat(22)}0001${'b'.repeat(86)}` }

  test('a ring that cannot be read again is a store that is down: 503', async () => {
    const { browser } = site({ secret: unreadable })
    const outcome = await browser().visit(() => 'handled', { headers })
    expect(outcome).toMatchObject({ refusal: { status: 503, headers: { 'retry-after': '5' } } })
  })

  test("or, with onStoreDown 'visitor', a visitor in whose place nothing is created", async () => {
    const { browser, events } = site({ secret: unreadable, onStoreDown: 'visitor' })
    const outcome = await browser().visit(
      (session) => {
        session.data.likes = 1
        return session.user
      },
      { headers },
    )
    expect(outcome).toMatchObject({ refusal: null, result: null, cookies: [] })
    expect(events.dropped).toMatchObject([{ fields: ['likes'], reason: 'unresolved' }])
  })
})

test('CR-08 a cookie of long ago costs no sweep of everything, and is a visitor’s though a sweep would fail', async () => {
  const spied = spiedStore()
  const { browser, clock } = site({ store: spied.store })
  const ada = browser()
  await ada.ask((session) => session.signIn('ada'))
  clock.advance('3d')
  spied.calls.length = 0
  spied.fault = ({ act }) => (act === 'sweep' ? 'fail' : undefined)
  expect(await ada.ask((session) => session.user)).toBeNull()
  expect(actsOf(spied.calls)).not.toContain('sweep')
})

test('TM-08 a clock that goes wrong during a request: settle answers a refusal, and throws nothing', async () => {
  let broken = false
  const shop = site()
  const { browser } = site({ store: shop.store, now: () => (broken ? Number.NaN : shop.clock.now()) })
  const ada = browser()
  await ada.ask((session) => session.signIn('ada'))
  const outcome = await ada.visit(() => {
    broken = true
  })
  expect(outcome).toMatchObject({ refusal: { status: 500 }, cookies: [] })
  expect(outcome.refusal?.error).toMatchObject({ code: 'HOLDFAST_CONFIG' })
})

test('a listener that rejects later disturbs nothing, and is reported by its name', async () => {
  const { browser, sessions, notices } = site()
  sessions.on('created', async () => {
    await Promise.resolve()
    throw new TypeError('secret detail')
  })
  const visitor = browser()
  await visitor.ask((session) => {
    session.data.likes = 1
  })
  expect(await visitor.ask((session) => session.data.likes)).toBe(1)
  const reported = notices.filter((notice) => notice.includes("a listener of 'created' threw"))
  expect(reported).toEqual([expect.stringContaining('TypeError')])
  expect(reported.join()).not.toContain('detail')
})

test('what fails after the first byte and is no fault of the store is said too', async () => {
  const { sessions, browser, events } = site()
  const visitor = browser()
  await visitor.ask((session) => {
    session.data.cart = ['rope']
  })
  const opened = await sessions.open(directArrival({ headers: { cookie: visitor.jar.header() ?? '' } }))
  if (opened === null || 'refusal' in opened) throw new Error('no session')
  const { exchange } = opened
  await exchange.settle()
  exchange.session.data.cart?.push(new Date() as never)
  await exchange.finish()
  expect(events.dropped).toMatchObject([{ fields: ['cart'], reason: 'failed' }])
})
