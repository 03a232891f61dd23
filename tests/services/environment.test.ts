import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { obtain } from '../../scripts/services/obtain.js'
import { record } from '../../scripts/services/record.js'
import { service } from '../../scripts/services/service.js'
import { listens, portOf } from './reach.js'

// What is tried out here is nothing that was tested.
vi.mock('../../scripts/services/record.js')

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const redis = await service('redis', { own: true })
afterAll(async () => void ('stop' in redis && (await redis.stop())))

describeOn(redis, 'a server that the environment names', ({ url, version }) => {
  test('is tested on, and neither killed nor stopped', async () => {
    vi.stubEnv('HOLDFAST_REDIS_URL', url)
    const given = await service('redis')
    expect(given).toMatchObject({ service: 'redis', url, version, from: 'HOLDFAST_REDIS_URL' })
    if ('missing' in given) return
    await expect(given.kill()).rejects.toThrow('not ours')
    await expect(given.restart()).rejects.toThrow('not ours')
    await given.stop()
    expect(await listens(portOf(url))).toBe(true)
  })

  test.each([
    ['is to be killed', { own: true }],
    ['has arguments of its own', { args: ['--appendonly', 'yes'] }],
  ])('is left alone by a test whose server %s', async (_why, options) => {
    vi.stubEnv('HOLDFAST_REDIS_URL', url)
    const own = await service('redis', options)
    expect(own).not.toMatchObject({ url })
    if ('stop' in own) await own.stop()
    expect(await listens(portOf(url))).toBe(true)
  })

  test('is an error where it does not answer', async () => {
    vi.stubEnv('HOLDFAST_VALKEY_URL', 'redis://127.0.0.1:1')
    await expect(service('valkey')).rejects.toThrow('ECONNREFUSED')
  })

  test('may be a cluster, by the nodes to begin with', async () => {
    vi.stubEnv('HOLDFAST_REDIS_CLUSTER_URL', `${url},redis://127.0.0.1:1`)
    expect(await service('redis-cluster')).toMatchObject({ urls: [url, 'redis://127.0.0.1:1'], version, nodes: [] })
  })

  test('may be watched by sentinels, by their hosts and the name of the group', async () => {
    vi.stubEnv('HOLDFAST_SENTINEL_URL', `redis-sentinel://127.0.0.1:${portOf(url)},127.0.0.1/shop`)
    expect(await service('redis-sentinel')).toMatchObject({
      group: 'shop',
      sentinels: [
        { host: '127.0.0.1', port: portOf(url) },
        { host: '127.0.0.1', port: 26379 },
      ],
      version,
    })
  })
})

const postgres = await service('postgres', { own: true })
afterAll(async () => void ('stop' in postgres && (await postgres.stop())))

describeOn(postgres, 'a Postgres that the environment names', ({ url, version }) => {
  test('may have a replica; a primary alone is not enough then', async () => {
    vi.stubEnv('HOLDFAST_POSTGRES_URL', url)
    const own = await service('postgres-replica')
    expect(own).not.toMatchObject({ url })
    if ('stop' in own) await own.stop()
    vi.stubEnv('HOLDFAST_POSTGRES_REPLICA_URL', `${url}?application_name=reader`)
    expect(await service('postgres-replica')).toMatchObject({
      url,
      version,
      replica: { url: `${url}?application_name=reader`, version },
      from: 'HOLDFAST_POSTGRES_URL and HOLDFAST_POSTGRES_REPLICA_URL',
    })
  })
})

describe('a program that cannot be had', () => {
  const nowhere = { name: 'Nowhere', places: ['/nowhere/*/bin/nowhere'] }
  const missing = 'Nowhere cannot be had: it is not installed.'

  test('is said aloud and written down, by its name', async () => {
    vi.stubEnv('HOLDFAST_REQUIRE', '')
    const said = vi.spyOn(console, 'warn').mockReturnValue()
    expect(await obtain('nowhere', nowhere)).toEqual({ missing })
    expect(said).toHaveBeenCalledWith(expect.stringContaining(missing))
    expect(record).toHaveBeenCalledWith({ service: 'nowhere', missing })
  })

  test('is an error where all is required', async () => {
    vi.stubEnv('HOLDFAST_REQUIRE', 'all')
    await expect(obtain('nowhere', nowhere)).rejects.toThrow(missing)
  })
})
