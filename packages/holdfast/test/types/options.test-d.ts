/** Checked by the compiler: options that fit, and those that contradict each other. Their messages: remedies.test.ts. */
import { createSessions, duration, memoryStore, type Options } from 'holdfast'

const secret = process.env.SESSION_SECRET
const store = memoryStore()

createSessions({ secret, store })
createSessions({ secret: ['newer', 'older'], store })
createSessions({
  secret,
  store,
  timeouts: { idle: '30m', absolute: false },
  visitors: { idle: duration(process.env.VISITORS ?? '7d'), absolute: '1.5h' },
  renewal: { every: false, onReuse: 'step-up', onStalled: 'end' },
  cookie: { user: 'u', visitor: 'v', prefix: '__Host-Http-', sameSite: 'strict', persistent: true, partitioned: true },
  origin: ['https://shop.example', 'https://admin.shop.example'],
  crossSite: { allow: ['https://pay.example'], except: ['/hooks/*'], report: true },
  proxies: 1,
  onInvalid: (field, value) => (field === 'cart' ? [] : value),
  storeTimeout: 500,
  onStoreDown: 'visitor',
  property: false,
  only: ({ url }) => !url.startsWith('/assets/'),
  sweep: false,
  now: Date.now,
  log: console.warn,
})
createSessions({
  secret,
  store,
  cookie: { prefix: '__Secure-', domain: 'shop.example', path: '/app' },
  crossSite: false,
})
createSessions({ secret, store, cookie: { prefix: '', path: '/app' } })

/** Options that a function of the app puts together keep their type. */
export function optionsOf(production: boolean): Options<{ cart: string[] }> {
  return { secret, store, cookie: production ? {} : { prefix: '' } }
}
createSessions(optionsOf(true)).of({}).data.cart?.push('a')

// @ts-expect-error: no store
createSessions({ secret })
// @ts-expect-error: no secret is named, not even one that may be undefined
createSessions({ store })
// @ts-expect-error: not a duration
createSessions({ secret, store, timeouts: { idle: '30 minutes' } })
// @ts-expect-error: text from the environment goes through duration()
createSessions({ secret, store, timeouts: { idle: process.env.IDLE ?? '30m' } })
// @ts-expect-error: browsers know prefixes in any spelling, we in one
createSessions({ secret, store, cookie: { prefix: '__host-' } })
// @ts-expect-error: no such choice
createSessions({ secret, store, cookie: { sameSite: true } })
// @ts-expect-error: no such choice
createSessions({ secret, store, renewal: { onReuse: 'ignore' } })
// @ts-expect-error: no such option
createSessions({ secret, store, timeout: '30m' })
