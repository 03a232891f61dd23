import type { Store } from '../engine/row.js'
import { testCreate } from './store-kit/create.js'
import { testEnd } from './store-kit/end.js'
import { testFind } from './store-kit/find.js'
import type { Declare } from './store-kit/fixture.js'
import { testPatch } from './store-kit/patch.js'
import { testRaces } from './store-kit/races.js'
import { testSweep } from './store-kit/sweep.js'
import { testText } from './store-kit/text.js'

/** A store that was opened for one test. */
export interface OpenedStore {
  readonly store: Store
  /**
   * Answers a second client on the same data: another connection, as another process would have it. The kit closes it.
   * Leave it out only where there can be none, as in memory: both parts are then played by one store.
   */
  readonly again?: () => Promise<Store>
  /** Closes the store (which may be closed already) and removes what it held. */
  close(): Promise<void>
}

/** What the store kit needs. */
export interface StoreKitOptions {
  /**
   * The runner's function that declares a test: that of vitest, `node:test`, jest or mocha. A test has failed when its
   * function rejects. Give the races the time they need: `test: (name, fn) => test(name, fn, 60_000)`.
   */
  readonly test: (name: string, fn: () => Promise<void>) => unknown
  /** Opens an empty store: of its own table, prefix or file, so that tests can run side by side. Called for each test. */
  readonly open: () => Promise<OpenedStore>
  /** Begins the name of each test. Default: nothing. */
  readonly name?: string
  /** How often each race is run. Default 3. */
  readonly runs?: number
  /** Whether the store has a `sweep`. Default `true`; `false` where the server expires rows itself, and it is tested. */
  readonly sweeps?: boolean
}

/**
 * Declares the tests that every store passes: each obligation of `Store`, one by one and in races. Failures are those of
 * `node:assert`.
 *
 * ```ts
 * import { test } from 'node:test'
 * storeKit({ test, open: async () => { const store = myStore(); return { store, close: async () => store.close() } } })
 * ```
 *
 * Times are near the real one, and rows that count as live expire an hour from it: a server with a clock of its own
 * keeps them. Expiry is tested by acts with a later `now`.
 */
export function storeKit({ test, open, name, runs = 3, sweeps = true }: StoreKitOptions): void {
  const declare: Declare = (title, body) => {
    test(name === undefined ? title : `${name}: ${title}`, async () => {
      const opened = await open()
      try {
        const other = (await opened.again?.()) ?? opened.store
        try {
          await body({ store: opened.store, other, now: Date.now() })
        } finally {
          if (other !== opened.store) await other.close()
        }
      } finally {
        await opened.close()
      }
    })
  }
  testCreate(declare)
  testPatch(declare)
  testEnd(declare)
  testText(declare)
  testFind(declare)
  testSweep(declare, sweeps)
  testRaces(declare, runs)
}
