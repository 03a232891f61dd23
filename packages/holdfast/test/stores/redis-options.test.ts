import { Cluster } from 'ioredis'
import { expect, test } from 'vitest'
import { type RedisClient, type RedisOptions, redisStore } from '../../src/stores/redis.js'

const client: RedisClient = { sendCommand: async () => null, withCommandOptions: () => undefined }
const refused = expect.objectContaining({ code: 'HOLDFAST_CONFIG' })

test('a prefix that is none is refused', () => {
  for (const prefix of ['', 'a b', '{a}', 'a{', '*', 'a\n', 'é', 'a"', 'x'.repeat(65), 5 as never]) {
    expect(() => redisStore(client, { prefix }), String(prefix)).toThrowError(refused)
  }
  for (const prefix of ['a', 'my-app:', 'a.b/c_D:9', 'x'.repeat(64)])
    expect(redisStore(client, { prefix }).name).toBe('redis')
})

test('a wait that means nothing is refused', () => {
  const waits = [
    { replicas: 0, timeout: 100 },
    { replicas: 1.5, timeout: 100 },
    { replicas: 1, timeout: 0 },
    { replicas: 1, timeout: '0ms' },
    { replicas: 1, timeout: '61s' },
    { replicas: 1, timeout: '1m' },
    { replicas: 1, timeout: 'soon' },
    { replicas: 1, timeout: Number.NaN },
    { replicas: 1 },
    { timeout: '1s' },
    {},
  ] as RedisOptions['wait'][]
  for (const wait of waits) {
    expect(() => redisStore(client, wait === undefined ? {} : { wait }), JSON.stringify(wait)).toThrowError(refused)
  }
  for (const timeout of [1, 60_000, '1ms', '1.5s', '60s'] as const) {
    expect(redisStore(client, { wait: { replicas: 1, timeout } }).name).toBe('redis')
  }
})

test('what is no client is refused, with what would be one', () => {
  for (const thing of [
    null,
    undefined,
    'redis://127.0.0.1',
    {},
    { get() {}, set() {} },
    { sendCommand() {} },
    { call() {} },
  ]) {
    expect(() => redisStore(thing as never)).toThrowError(/redis 5 or 6, ioredis 5 or 6, or iovalkey/)
  }
})

test('a client that reads from replicas is refused', () => {
  const nodes = ['redis://127.0.0.1:1']
  for (const scaleReads of ['slave', 'all'] as const) {
    const cluster = new Cluster(nodes, { scaleReads, lazyConnect: true })
    expect(() => redisStore(cluster)).toThrowError(/scaleReads: 'master'/)
  }
  expect(redisStore(new Cluster(nodes, { lazyConnect: true })).name).toBe('redis')
})
