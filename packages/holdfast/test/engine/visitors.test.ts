import { memoryStore, type Store } from 'holdfast'
import { expect, test } from 'vitest'
import { codecOf } from '../support/credentials.js'
import { site } from '../support/site.js'

/** A store that counts every act. */
function counting(): { readonly store: Store; acts: () => number } {
  const inner = memoryStore()
  let acts = 0
  const store = new Proxy<Store>(inner, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        acts += 1
        return value.apply(target, args) as unknown
      }
    },
  })
  return { store, acts: () => acts }
}

const valid = (): string => {
  const codec = codecOf('__Host-vid')
  const { handle, secret } = codec.mint()
  return codec.issue(handle, 1, secret)
}
const forged: [string, (n: number) => string][] = [
  ['garbage', (n) => `__Host-vid=garbage${n}; __Host-sid=%%%${n}`],
  ['oversized', (n) => `__Host-vid=${'A'.repeat(5_000 + n)}`],
  ['of the form, with a wrong tag', (n) => `__Host-sid=${valid().slice(0, -3)}${String(n).padStart(3, 'x')}`],
  [
    'by the key of another site',
    () =>
      `__Host-sid=${codecOf('__Host-sid', 'another secret of some 40 characters, at least').issue('h'.repeat(22), 1, 's'.repeat(43))}`,
  ],
  ['a visitor’s under the user’s name', () => `__Host-sid=${valid()}`],
  ['two valid ones of one name', () => `__Host-vid=${valid()}; __Host-vid=${valid()}`],
  ['five of one name', (n) => Array.from({ length: 5 }, () => `__Host-vid=x${n}`).join('; ')],
]

test('PL-14 1,000 requests without a cookie leave nothing behind', async () => {
  const { store, acts } = counting()
  const { sessions, browser } = site({ store })
  for (let n = 0; n < 1_000; n += 1) {
    const outcome = await browser().visit((session) => [session.data.cart, session.user, session.isSignedIn()])
    expect(outcome).toMatchObject({ refusal: null, cookies: [], answer: { cache: null } })
  }
  expect(acts()).toBe(0)
  expect((await sessions.all()).sessions).toEqual([])
})

test('ID-10 PL-14 1,000 requests with forged cookies: no row, no Set-Cookie, no act of the store, no error', async () => {
  const { store, acts } = counting()
  const { sessions, browser, events } = site({ store })
  const visitor = browser()
  for (let n = 0; n < 1_000; n += 1) {
    const [title, cookie] = forged[n % forged.length] as (typeof forged)[number]
    const outcome = await visitor.visit((session) => [session.data.cart, session.user], {
      headers: { cookie: cookie(n) },
    })
    expect(outcome, title).toMatchObject({ refusal: null, cookies: [], result: [undefined, null] })
  }
  expect(acts()).toBe(0)
  expect((await sessions.all()).sessions).toEqual([])
  expect(new Set(events.refused.map((event) => event.reason))).toEqual(new Set(['tampered', 'unknown', 'twice']))
})

test('ID-12 a flood of forgeries is reported at a bounded rate', async () => {
  const { browser, events, clock } = site()
  for (let n = 0; n < 500; n += 1) await browser().visit(() => 0, { headers: { cookie: `__Host-vid=x${n}` } })
  expect(events.refused).toHaveLength(60)
  clock.advance('1m')
  await browser().visit(() => 0, { headers: { cookie: '__Host-vid=x' } })
  expect(events.refused).toHaveLength(61)
})

test('a well-formed credential of no row costs one look, then none', async () => {
  const { store, acts } = counting()
  const { browser } = site({ store })
  const cookie = `__Host-vid=${valid()}`
  for (let n = 0; n < 3; n += 1) await browser().visit(() => 0, { headers: { cookie } })
  expect(acts()).toBe(1)
})
