import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { Redis as Redis6 } from 'ioredis6'
import { createClient, createClientPool } from 'redis'
import { createClient as createClient6 } from 'redis6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service } from '../../../../scripts/services/service.js'
import { type RedisClient, redisStore } from '../../src/stores/redis.js'
import { HOUR, newEnding, newHandle, newOp, newRow, numbers, put, read } from '../../src/testing/store-kit/fixture.js'
import { build } from '../support/built.js'
import { single, unusual } from './redis-clients.js'
import { eventually } from './redis-patience.js'
import { tap } from './redis-tap.js'

const server = await service('redis', { own: true })
afterAll(async () => void ('stop' in server && (await server.stop())))

const now = Date.now()
const quiet = () => undefined
const settings = () => ({ prefix: `${newHandle()}:`, log: quiet })

describeOn(server, 'the store on Redis, when something goes wrong', ({ url }) => {
  describe.each(Object.entries(single))('%s', (folder, connect) => {
    test('after SCRIPT FLUSH each script is sent once more, and no act fails', async () => {
      const wire = await tap(url)
      const { client, close } = await connect(wire.url)
      const store = redisStore(client, settings())
      const admin = new Redis(url)
      for (const _ of numbers(2)) {
        await admin.script('FLUSH')
        wire.clear()
        const { handle } = await put(store, now)
        expect(await store.patch(handle, { seenAt: now + 1 }, now)).toBe(2)
        expect(await store.patch(handle, { seenAt: now + 2 }, now)).toBe(3)
        expect(await store.end(handle, newEnding(now), now)).toMatchObject({ handle })
        const names = wire.commands.map(([name]) => name?.toUpperCase()).filter((name) => name?.startsWith('EVAL'))
        expect(names).toEqual(['EVALSHA', 'EVAL', 'EVALSHA', 'EVAL', 'EVALSHA', 'EVALSHA', 'EVAL'])
      }
      admin.disconnect()
      await close()
      await wire.close()
    })

    // ioredis and iovalkey send again by themselves; for the others the engine does.
    const resends = folder.startsWith('io')
    test(`LC-07: an act whose answer is lost ${resends ? 'is sent again by the client' : 'fails'} and counts once`, async () => {
      const wire = await tap(url)
      const { client, close } = await connect(wire.url)
      const store = redisStore(client, settings())
      const { handle } = await put(store, now)
      await store.patch(handle, { seenAt: now }, now)
      const again = async <T>(act: () => PromiseLike<T> | T): Promise<T> => {
        wire.loseAnswerTo('evalsha')
        if (!resends) await expect(Promise.resolve(act())).rejects.toThrow()
        return resends ? act() : eventually(act)
      }

      const patch = { set: new Map([['n', '1']]), op: newOp() }
      expect(await again(() => store.patch(handle, patch, now))).toBeNull()
      const row = await read(store, handle, now)
      expect([row.version, row.fields.get('n'), row.ops.includes(patch.op)]).toEqual([3, '1', true])

      const created = newRow(now, { user: 'ada' })
      expect(await again(() => store.create(created, now))).toBe(true)
      expect((await store.find({ user: 'ada' }, now, null, 10)).rows).toHaveLength(1)

      const ending = newEnding(now)
      expect(await again(() => store.end(handle, ending, now))).toMatchObject({ ended: { by: ending.op } })
      await close()
      await wire.close()
    })
  })

  test('a sweep answers what it claimed, though another group fails; it throws only where it claimed nothing', async () => {
    const { client, close } = await single.redis(url)
    const { prefix, log } = settings()
    const store = redisStore(client, { prefix, log })
    // Three groups: in one the row cannot be claimed, in another the server refuses to say what is due.
    const [good, spoilt, mute] = ['a', 'b', 'c'].map((group) => group + newHandle().slice(1)) as [
      string,
      string,
      string,
    ]
    for (const handle of [good, spoilt, mute]) await put(store, now, { handle })
    const admin = new Redis(url)
    await admin.set(`${prefix}{br}${spoilt.slice(1)}`, 'no hash')
    await admin.set(`${prefix}{cr}due`, 'no sorted set')

    expect((await store.sweep?.(now + 2 * HOUR, 10))?.map(({ handle }) => handle)).toEqual([good])
    await expect(store.sweep?.(now + 2 * HOUR, 10)).rejects.toThrow('WRONGTYPE')
    admin.disconnect()
    await close()
  })

  test('I7: two processes that sweep at once claim each row once', async () => {
    build()
    const { prefix, log } = settings()
    const connected = await single.redis(url)
    const store = redisStore(connected.client, { prefix, log })
    const rows = await Promise.all(
      numbers(400).map((n) => put(store, now, n % 2 === 0 ? { user: `user-${n % 7}`, link: 'sid-1' } : {})),
    )
    const script = fileURLToPath(new URL('fixtures/redis-process.js', import.meta.url))
    const children = numbers(2).map(() => fork(script, [url, prefix], { execArgv: [] }))
    await Promise.all(children.map((child) => once(child, 'message')))
    const answers = children.map((child) => once(child, 'message') as Promise<[{ claimed: string[] }]>)
    for (const child of children) child.send({ now: now + 2 * HOUR, limit: 30 })
    const claimed = (await Promise.all(answers)).flatMap(([answer]) => answer.claimed)
    expect(claimed.sort()).toEqual(rows.map(({ handle }) => handle).sort())
    expect(await new Redis(url).keys(`${prefix}*`)).toEqual([])
    for (const child of children) child.disconnect()
    await connected.close()
  })
})

const primary = await service('redis', { own: true })
const replica =
  'url' in primary ? await service('redis', { args: ['--replicaof', '127.0.0.1', new URL(primary.url).port] }) : primary
for (const one of [replica, primary]) afterAll(async () => void ('stop' in one && (await one.stop())))

describeOn(replica, 'the store on Redis with a replica', (behind) => {
  const url = 'url' in primary ? primary.url : ''
  const admin = new Redis(behind.url)
  beforeAll(() => eventually(async () => expect(await admin.info('replication')).toContain('master_link_status:up')))
  afterAll(() => admin.disconnect())

  const pools = Object.entries(unusual).filter(([title]) => title.includes('pool'))
  describe.each([...Object.entries(single), ...pools])('%s', (_, connect) => {
    test('LC-06: wait has an end and a fence wait for the replica, and nothing else', async () => {
      const { client, close } = await connect(url)
      const { prefix, log } = settings()
      const store = redisStore(client, { prefix, log, wait: { replicas: 1, timeout: '30s' } })
      const { handle } = await put(store, now)
      const inVain = redisStore(client, { prefix, log, wait: { replicas: 2, timeout: 1 } })
      const set = new Map([['a', '1']])
      expect(await inVain.patch(handle, { set, op: newOp() }, now)).toBe(2)
      expect(await inVain.create(newRow(now), now)).toBe(true)
      expect(await inVain.end(newHandle(), newEnding(now), now)).toBeNull()

      const fence = await put(store, now, { kind: 'record' })
      expect(await store.patch(fence.handle, { set, op: newOp() }, now)).toBe(2)
      expect(await store.end(handle, newEnding(now), now)).toMatchObject({ handle })

      const refused = { code: 'HOLDFAST_UNKNOWN_OUTCOME', message: expect.stringMatching(/[01] of 2 replicas/) }
      await expect(inVain.end(handle, newEnding(now), now)).rejects.toMatchObject(refused)
      await expect(inVain.create(newRow(now, { kind: 'record' }), now)).rejects.toMatchObject(refused)
      await expect(inVain.patch(fence.handle, { set, op: newOp() }, now)).rejects.toMatchObject(refused)
      expect((await read(store, fence.handle, now)).version).toBe(3)
      await close()
    })

    test('LC-06: a replica that is connected but has not got the write does not count', async () => {
      const { client, close } = await connect(url)
      const options = settings()
      const patient = redisStore(client, { ...options, wait: { replicas: 1, timeout: '30s' } })
      const hasty = redisStore(client, { ...options, wait: { replicas: 1, timeout: '5ms' } })
      const { handle } = await put(patient, now)
      const ending = newEnding(now)
      await patient.end((await put(patient, now)).handle, newEnding(now), now)
      const pid = Number(/^process_id:(\d+)/m.exec(await admin.info('server'))?.[1])
      process.kill(pid, 'SIGSTOP')
      try {
        await expect(hasty.end(handle, ending, now)).rejects.toMatchObject({ code: 'HOLDFAST_UNKNOWN_OUTCOME' })
      } finally {
        process.kill(pid, 'SIGCONT')
      }
      expect(await patient.end(handle, ending, now)).toMatchObject({ ended: { by: ending.op } })
      await close()
    })
  })
})

const mortal = await service('redis', { own: true })
afterAll(async () => void ('stop' in mortal && (await mortal.stop())))

describeOn(mortal, 'the store on a Redis that is away', ({ url, kill, restart }) => {
  test('node-redis: what waits for the connection does not wait for ever', async () => {
    const clients = await Promise.all([single.redis(url), single.redis6(url)])
    const stores = clients.map(({ client }) => redisStore(client, settings()))
    for (const store of stores) await store.get(newHandle(), now)
    await kill()
    for (const { client } of clients) await eventually(() => expect(client).toMatchObject({ isReady: false }))
    const reads = stores.map((store) => expect(store.get(newHandle(), now)).rejects.toThrow())
    await Promise.all(reads)
    await restart()
    for (const store of stores) expect(await eventually(() => store.get(newHandle(), now))).toBeNull()
    for (const { close } of clients) await close()
  })
})

describeOn(server, 'the notices of the store on Redis', ({ url }) => {
  const each: readonly [string, () => RedisClient & { disconnect?(): unknown }, RegExp[]][] = [
    ['redis', () => createClient({ url }), [/disableOfflineQueue/]],
    ['redis6', () => createClient6({ url }), [/disableOfflineQueue/]],
    ['redis, told', () => createClient({ url, disableOfflineQueue: true }), []],
    ['redis, a pool', () => createClientPool({ url }), []],
    ['ioredis', () => new Redis(url), [/autoResendUnfulfilledCommands/]],
    ['ioredis6', () => new Redis6(url), [/autoResendUnfulfilledCommands/]],
    ['ioredis, told', () => new Redis(url, { autoResendUnfulfilledCommands: false }), []],
    [
      'ioredis, endless and with a timer',
      () => new Redis(url, { maxRetriesPerRequest: null, commandTimeout: 1_000 }),
      [/autoResendUnfulfilledCommands/, /maxRetriesPerRequest/, /commandTimeout/],
    ],
  ]
  test.each(each)('%s: each once, at the first act', async (_, make, expected) => {
    const said: string[] = []
    const client = make()
    const store = redisStore(client, { log: (text) => said.push(text) })
    expect(said).toEqual([])
    for (const _ of numbers(2)) await Promise.resolve(store.get(newHandle(), now)).catch(() => null)
    expect(said).toHaveLength(expected.length)
    for (const [at, pattern] of expected.entries()) {
      expect(said[at]).toMatch(/^holdfast: redisStore: /)
      expect(said[at]).toMatch(pattern)
    }
    // Those that were never connected say so.
    await (async () => client.disconnect?.())().catch(() => undefined)
  })
})
