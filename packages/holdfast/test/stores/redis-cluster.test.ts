import { Cluster } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import { type IoRedisClient, redisStore } from '../../src/stores/redis.js'
import { HOUR, newEnding, newHandle, newRow, put } from '../../src/testing/store-kit/fixture.js'
import { clustered } from './redis-clients.js'
import { survivesFailover } from './redis-failover.js'
import { redisKit } from './redis-kit.js'

const usual = await service('redis-cluster')
const valkey = await service('valkey-cluster')
const mortal = await service('redis-cluster', { own: true })
for (const server of [usual, valkey, mortal]) {
  afterAll(async () => void ('stop' in server && (await server.stop())))
}

for (const server of [usual, valkey]) {
  describeOn(server, `the store on ${server.service}`, ({ urls }) => {
    for (const [folder, connect] of Object.entries(clustered)) {
      beforeAll(() => testedWith(server, folder))
      redisKit(folder, () => connect(urls), server === usual ? 20 : 3)
    }
  })
}

describeOn(mortal, 'the store on a cluster', ({ urls }) => {
  test('every script and command stays in one slot; the entries in the indexes of owners follow the row', async () => {
    const cluster = new Cluster([...urls])
    const sent: string[][] = []
    const client: IoRedisClient = {
      isCluster: true,
      callBuffer: () => Promise.reject(new Error('not used')),
      call: (command, ...args) => {
        sent.push([command, ...args])
        return cluster.call(command, ...args)
      },
    }
    const store = redisStore(client, { prefix: `${newHandle()}:`, log: () => undefined })
    const now = Date.now()
    const names = async (act: () => unknown) => {
      sent.length = 0
      await act()
      // A node that has not seen a script yet gets its text once.
      return sent.map(([name]) => name).filter((name) => name !== 'eval')
    }
    const row = newRow(now, { user: 'ada', link: 'sid-1' })
    await put(store, now, { user: 'ada' })
    expect(await names(() => store.create(row, now))).toEqual(['evalsha', 'zadd', 'zadd'])
    expect(await names(() => store.create(newRow(now), now))).toEqual(['evalsha'])
    expect(await names(() => store.create({ ...row, keys: '1second' }, now))).toEqual(['evalsha'])
    expect(await names(() => store.get(row.handle, now))).toEqual(['hgetall'])
    expect(await names(() => store.patch(row.handle, { expiresAt: now + 2 * HOUR }, now))).toEqual(['evalsha'])
    expect(await names(() => store.end(row.handle, newEnding(now), now))).toEqual(['evalsha'])
    cluster.disconnect()
  })

  test.each(Object.entries(clustered))('%s: wait covers the entry in the index of a user', async (_, connect) => {
    const { client, close } = await connect(urls)
    const now = Date.now()
    const settings = { prefix: `${newHandle()}:`, log: () => undefined }
    const store = redisStore(client, { ...settings, wait: { replicas: 1, timeout: '30s' } })
    const user = await put(store, now, { user: 'ada' })
    expect(await store.end(user.handle, newEnding(now), now)).toMatchObject({ handle: user.handle })
    const inVain = redisStore(client, { ...settings, wait: { replicas: 2, timeout: 1 } })
    await expect(inVain.create(newRow(now, { user: 'ada' }), now)).rejects.toMatchObject({
      code: 'HOLDFAST_UNKNOWN_OUTCOME',
    })
    expect(await inVain.create(newRow(now), now)).toBe(true)
    await close()
  })
})

describeOn(mortal, 'LC-06: the store on a cluster whose primary dies', ({ urls, primaryOf }) => {
  for (const [folder, connect] of Object.entries(clustered)) {
    test(`${folder}: what a replica has stays, and acts and scripts go on by themselves`, async () => {
      const connected = await connect(urls)
      // The cluster of node-redis 5 asks for the new primary only when the old node is back and sends it there.
      await survivesFailover(connected, primaryOf, { seeks: folder !== 'redis', replicas: 1 })
      await connected.close()
    })
  }
})
