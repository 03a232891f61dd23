import { afterAll, beforeAll, describe, test } from 'vitest'
import { redisStore } from '../../src/stores/redis.js'
import { newHandle } from '../../src/testing/store-kit/fixture.js'
import { storeKit } from '../../src/testing/store-kit.js'
import type { Connected } from './redis-clients.js'

/** Declares the store kit for one client: two connections, and another prefix for each test. */
export function redisKit(title: string, connect: () => Promise<Connected>, runs: number): void {
  describe(title, () => {
    const both: Connected[] = []
    beforeAll(async () => {
      both.push(await connect(), await connect())
    })
    afterAll(async () => {
      await Promise.all(both.map((one) => one.close()))
    })
    storeKit({
      test: (name, fn) => test(name, fn),
      runs,
      open: async () => {
        const options = { prefix: `${newHandle()}:`, log: () => undefined }
        const [store, other] = both.map(({ client }) => redisStore(client, options))
        if (store === undefined || other === undefined) throw new Error('the clients are not connected')
        return { store, again: async () => other, close: async () => store.close() }
      },
    })
  })
}
