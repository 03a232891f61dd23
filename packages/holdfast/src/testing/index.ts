/** For tests: of stores, of adapters, and of applications that use holdfast. Any test runner can host them. */

export type { Act, Conflicts } from './act.js'
export { type AdapterKitOptions, adapterKit, type KitData, type Reply, type Route, type Served } from './adapter-kit.js'
export { type CookieForOptions, cookieFor } from './cookie-for.js'
export { type DirectOutcome, type DirectRequest, direct, directArrival } from './direct.js'
export { type FakeClock, fakeClock } from './fake-clock.js'
export type { Fault, FaultKind } from './faults.js'
export * from './interleave.js'
export { type CookieJar, cookieJar, type JarCookie, type JarOptions, type JarRefusal } from './jar.js'
export type { Done, Result, Stage } from './schedule.js'
export { type OpenedStore, type StoreKitOptions, storeKit } from './store-kit.js'
