import { readFileSync } from 'node:fs'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service } from '../../../../scripts/services/service.js'
import type { Index } from '../../src/engine/row.js'
import { type RedisClient, type RedisOptions, redisStore } from '../../src/stores/redis.js'
import {
  endRow,
  HOUR,
  MINUTE,
  newEnding,
  newHandle,
  newOp,
  newRow,
  numbers,
  put,
  read,
} from '../../src/testing/store-kit/fixture.js'

const server = await service('redis', { own: true })
afterAll(async () => void ('stop' in server && (await server.stop())))

const now = Date.now()

describeOn(server, 'the store on Redis', ({ url }) => {
  const client = createClient({ url }).on('error', () => undefined)
  beforeAll(async () => void (await client.connect()))
  afterAll(() => client.destroy())

  /** A store of its own, with the names of its keys. */
  function open(options: RedisOptions = {}, by: RedisClient = client) {
    const prefix = `${newHandle()}:`
    const store = redisStore(by, { prefix, log: () => undefined, ...options })
    const group = (handle: string) => `${prefix}{${handle.charAt(0)}r}`
    return {
      store,
      prefix,
      row: (handle: string) => `${group(handle)}${handle.slice(1)}`,
      due: (handle: string) => `${group(handle)}due`,
      all: (handle: string) => `${group(handle)}all`,
      sweep: async (at: number, limit = 100) => [...((await store.sweep?.(at, limit)) ?? [])],
      keys: async () => (await client.keys(`${prefix}*`)).map((key) => key.slice(prefix.length)).sort(),
    }
  }

  test('without options the keys begin with holdfast:', async () => {
    const store = redisStore(client, { log: () => undefined })
    const { handle } = await put(store, now)
    const key = `holdfast:{${handle.charAt(0)}r}${handle.slice(1)}`
    expect(await client.exists(key)).toBe(1)
    await store.sweep?.(now + 2 * HOUR, 10)
    expect(await client.exists(key)).toBe(0)
  })

  test('two prefixes on one server know nothing of each other', async () => {
    const [one, two] = [open(), open()]
    const { handle } = await put(one.store, now, { user: 'ada' })
    expect(await two.store.get(handle, now)).toBeNull()
    expect((await two.store.find({ user: 'ada' }, now, null, 10)).rows).toEqual([])
    expect(await two.sweep(now + 2 * HOUR)).toEqual([])
  })

  test('a row is a hash that can be read with redis-cli', async () => {
    const { store, row } = open()
    const op = newOp()
    const { handle } = await put(store, now, { user: 'ada', ops: [op], fields: new Map([['a "b"', '"text"']]) })
    expect({ ...(await client.hGetAll(row(handle))) }).toEqual({
      m: `s 1 ${now} ${now + HOUR} ${op}`,
      k: '1first',
      a: '1{"createdAt":1}',
      i: '["ada",null]',
      ':a \\"b\\"': '"text"',
    })
    const ending = newEnding(now, { successor: newHandle() })
    await store.end(handle, ending, now)
    const { e, ...rest } = await client.hGetAll(row(handle))
    expect(e).toBe(`signed-out ${ending.until} ${ending.op} ${ending.successor}`)
    expect(Object.keys(rest).sort()).toEqual(['a', 'i', 'k', 'm'])
  })

  test('when all is swept, no key is left', async () => {
    const { store, keys, sweep } = open()
    await put(store, now)
    await put(store, now, { user: 'ada', link: 'sid-1' })
    await put(store, now, { kind: 'record', user: 'ada', link: 'sid-1' })
    const { handle } = await put(store, now, { user: 'bob' })
    await store.end(handle, newEnding(now), now)
    expect((await keys()).length).toBeGreaterThan(4)
    expect(await sweep(now + 2 * HOUR)).toHaveLength(4)
    expect(await keys()).toEqual([])
  })

  test('the server keeps a row an hour beyond its time, as the caller tells the time', async () => {
    const { store, row } = open()
    for (const skew of [0, -365 * 24 * HOUR, 365 * 24 * HOUR]) {
      const at = now + skew
      const left = async () => (await client.pTTL(row(handle))) / MINUTE
      const { handle } = await put(store, at)
      expect(await left()).toBeCloseTo(120, -1)
      await store.patch(handle, { expiresAt: at + 3 * HOUR }, at)
      expect(await left()).toBeCloseTo(240, -1)
      await store.patch(handle, { expiresAt: at + 2 * HOUR }, at)
      expect(await left()).toBeCloseTo(240, -1)
      await endRow(store, handle, newEnding(at), at)
      expect(await left()).toBeCloseTo(70, -1)
    }
  })

  test('a row without any limit is kept', async () => {
    const { store, row } = open()
    const { handle } = await put(store, now, { expiresAt: 8.64e15 })
    expect(await client.pTTL(row(handle))).toBeGreaterThan(1e12)
    expect((await read(store, handle, now)).expiresAt).toBe(8.64e15)
  })

  test('TM-05: two nodes whose clocks differ by a minute agree on all that goes forward', async () => {
    const { store, sweep } = open()
    const row = await put(store, now)
    const behind = now - MINUTE
    expect(await store.patch(row.handle, { seenAt: now, expiresAt: now + HOUR }, now)).toBe(2)
    expect(await store.patch(row.handle, { seenAt: behind, expiresAt: behind + HOUR }, behind)).toBe(3)
    const after = await read(store, row.handle, now)
    expect([after.seenAt, after.expiresAt]).toEqual([now, now + HOUR])
    // For the one it is dead, for the other it lives on: the first to say so decides, and it stays decided.
    expect(await store.patch(row.handle, { seenAt: now }, now + HOUR)).toBeNull()
    expect(await store.patch(row.handle, { expiresAt: now + 2 * HOUR }, now + HOUR - MINUTE)).toBe(4)
    expect(await sweep(now + HOUR)).toEqual([])
    expect(await sweep(now + 2 * HOUR)).toHaveLength(1)
    expect(await store.patch(row.handle, { expiresAt: now + 9 * HOUR }, now + HOUR)).toBeNull()
  })

  test('LC-15: find takes out of an index what is not there, not live or not theirs, and nothing else', async () => {
    const { store, prefix, row, keys } = open()
    const live = await put(store, now, { user: 'ada', link: 'sid-1' })
    const gone = await put(store, now, { user: 'ada', link: 'sid-1' })
    await client.del(row(gone.handle))
    const ended = await put(store, now, { user: 'ada', link: 'sid-1' })
    await store.end(ended.handle, newEnding(now), now)
    const expired = await put(store, now, { user: 'ada', link: 'sid-1', expiresAt: now + MINUTE })
    const foreign = await put(store, now, { user: 'bob', link: 'sid-2' })
    for (const [index, key] of [
      [{ user: 'ada' }, `${prefix}user:ada`],
      [{ link: 'sid-1' }, `${prefix}link:sid-1`],
    ] as const) {
      await client.zAdd(key, { score: 0, value: foreign.handle })
      expect(await client.zCard(key)).toBe(5)
      const page = await store.find(index, now + MINUTE, null, 10)
      expect(page.rows.map((summary) => summary.handle)).toEqual([live.handle])
      expect(new Set(await client.zRange(key, 0, -1))).toEqual(new Set([live.handle, expired.handle]))
    }
    expect(await keys()).toContain('user:bob')
    expect((await store.find({ link: 'sid-2' }, now, null, 10)).rows).toHaveLength(1)
    const [swept] = [await store.sweep?.(now + MINUTE, 10)]
    expect(swept?.map(({ handle }) => handle)).toEqual([expired.handle])
    for (const key of ['user:ada', 'link:sid-1'])
      expect(await client.zRange(prefix + key, 0, -1)).toEqual([live.handle])
  })

  test('LC-15: a session that a node with a faster clock takes for over stays in its index, and is found when it lives on', async () => {
    const { store } = open()
    const { handle } = await put(store, now, { user: 'ada', expiresAt: now + MINUTE })
    expect((await store.find({ user: 'ada' }, now + MINUTE, null, 10)).rows).toEqual([])
    expect(await store.patch(handle, { seenAt: now, expiresAt: now + HOUR }, now + MINUTE - 1)).toBe(2)
    expect((await store.find({ user: 'ada' }, now + MINUTE, null, 10)).rows).toHaveLength(1)
  })

  test('a page of nothing but what is taken out is read again', async () => {
    const { store, prefix } = open()
    const live = await put(store, now, { user: 'ada', handle: `z${newHandle().slice(1)}` })
    for (const n of numbers(6))
      await client.zAdd(`${prefix}user:ada`, { score: 0, value: `A${n}${newHandle().slice(2)}` })
    const first = await store.find({ user: 'ada' }, now, null, 6)
    expect(first.rows.map(({ handle }) => handle)).toEqual([live.handle])
  })

  test('a handle that is given again while an index is tidied stays in it', async () => {
    const { prefix, row } = open()
    const { handle } = newRow(now)
    const { store: other } = open({ prefix })
    const again = newRow(now, { handle, user: 'ada', link: 'sid-1' })
    // The new row comes right after the entry of the old one was taken out, or right before.
    for (const moment of ['before', 'after'] as const) {
      const between = before(client, 'ZREM', moment, async () => void (await other.create(again, now)))
      const { store } = open({ prefix }, between)
      await client.zAdd(`${prefix}user:ada`, { score: 0, value: handle })
      expect((await store.find({ user: 'ada' }, now, null, 10)).rows).toHaveLength(1)
      await client.del(row(handle))
    }
    // The same while a sweep tidies what is left of the old one.
    await other.create(again, now)
    const later = now + 2 * HOUR
    const third = newRow(later, { handle, user: 'ada', link: 'sid-1' })
    const { store } = open(
      { prefix },
      before(client, 'ZREM', 'before', async () => void (await other.create(third, later))),
    )
    expect(await store.sweep?.(later, 10)).toHaveLength(1)
    for (const index of [{ user: 'ada' }, { link: 'sid-1' }, { all: true }] as const) {
      expect((await store.find(index, later, null, 10)).rows).toHaveLength(1)
    }
    expect(await store.sweep?.(later + 2 * HOUR, 10)).toHaveLength(1)
  })

  test('a sweep tidies the indexes of rows that the server dropped, and answers none of them', async () => {
    const { store, row, keys, sweep } = open()
    for (const changes of [{ user: 'ada', link: 'sid-1' }, {}, { kind: 'record' as const }]) {
      const { handle } = await put(store, now, changes)
      await client.del(row(handle))
    }
    expect(await keys()).toContain('user:ada')
    expect(await sweep(now + 2 * HOUR)).toEqual([])
    expect(await keys()).toEqual([])
  })

  test('a sweep that cannot tidy answers what it claimed all the same, and the next one tidies', async () => {
    const { prefix, store, keys, sweep } = open()
    const rows = [await put(store, now, { user: 'ada' }), await put(store, now)]
    const failing = before(client, 'ZREM', 'before', () => Promise.reject(new Error('the connection is gone')))
    const swept = await open({ prefix }, failing).store.sweep?.(now + 2 * HOUR, 10)
    expect(new Set(swept?.map(({ handle }) => handle))).toEqual(new Set(rows.map(({ handle }) => handle)))
    expect(await keys()).toContain('user:ada')
    expect(await sweep(now + 2 * HOUR)).toEqual([])
    expect(await keys()).toEqual([])
  })

  test('what find and sweep send does not grow with the rows that are not asked for', async () => {
    const { store, prefix } = open()
    const mine: Index = { user: 'ada' }
    for (const _ of numbers(3)) await put(store, now, { user: 'ada' })
    const counted = counting(client)
    const { store: watched } = open({ prefix }, counted.client)
    const cost = async () => {
      const sent: number[] = []
      for (const act of [() => watched.find(mine, now, null, 100), () => watched.sweep?.(now, 500)]) {
        counted.reset()
        await act()
        sent.push(counted.sent(), counted.answered())
      }
      return sent
    }
    const small = await cost()
    await Promise.all(numbers(3_000).map((n) => put(store, now, { user: `user-${n}` })))
    expect(await cost()).toEqual(small)
    const page = await watched.find({ all: true }, now, null, 100)
    expect(page.rows).toHaveLength(100)
    counted.reset()
    await watched.find({ all: true }, now, page.cursor, 20)
    expect(counted.sent()).toBeLessThan(24)
  })

  test('the rights that the documentation names are enough', async () => {
    const documentation = readFileSync(new URL('../../../../docs/stores.md', import.meta.url), 'utf8')
    const [, commands = ''] = /on `holdfast:\*` the commands `([A-Z\s]+)`/.exec(documentation) ?? []
    const rights = commands.split(/\s+/).map((name) => `+${name.toLowerCase()}`)
    await client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>secret', '~holdfast:*', '+@connection', ...rights])
    const limited = await createClient({ url, username: 'app', password: 'secret' }).connect()
    const store = redisStore(limited, { log: () => undefined })
    const row = await put(store, now, { user: 'ada', link: 'sid-1' })
    const guards = {
      ifKeys: row.keys,
      ifFields: new Map([
        ['cart', '["pear"]'],
        ['b', null],
      ]),
    }
    expect(
      await store.patch(row.handle, { unset: ['cart'], expiresAt: now + 2 * HOUR, ...guards, op: newOp() }, now),
    ).toBe(2)
    expect((await store.find({ user: 'ada' }, now, null, 10)).rows).toHaveLength(1)
    await endRow(store, row.handle, newEnding(now), now)
    expect(await store.sweep?.(now + 3 * HOUR, 10)).toHaveLength(1)
    expect(await store.get(row.handle, now)).toBeNull()
    limited.destroy()
    await client.sendCommand(['ACL', 'DELUSER', 'app'])
  })

  test('close leaves the client alone; afterwards an act says that the store was closed', async () => {
    const { store } = open()
    await store.close()
    expect(() => store.sweep?.(now, 1)).toThrowError(expect.objectContaining({ code: 'HOLDFAST_STORE' }))
    await expect(store.get(newHandle(), now)).rejects.toMatchObject({ code: 'HOLDFAST_STORE' })
    expect(await client.ping()).toBe('PONG')
  })

  test('an op that is not as wide as the contract says is refused', async () => {
    const { store } = open()
    const { handle } = await put(store, now)
    await expect(store.patch(handle, { op: 'short' }, now)).rejects.toThrowError(TypeError)
    await expect(store.create(newRow(now, { ops: [`${newOp()}x`] }), now)).rejects.toThrowError(TypeError)
    await expect(store.end(handle, newEnding(now, { op: '' }), now)).rejects.toThrowError(TypeError)
  })
})

/** A client that does something right before or after the first command of this name. */
function before(
  client: { sendCommand(args: string[]): Promise<unknown> },
  name: string,
  moment: 'before' | 'after',
  act: () => Promise<void>,
): RedisClient {
  let done = false
  return {
    withCommandOptions: () => undefined,
    async sendCommand(args: string[]) {
      if (done || args[0] !== name) return client.sendCommand(args)
      done = true
      if (moment === 'before') await act()
      const answer = await client.sendCommand(args)
      if (moment === 'after') await act()
      return answer
    },
  }
}

/** A client that counts what is sent and what comes back. */
function counting(client: { sendCommand(args: string[]): Promise<unknown> }) {
  let [sent, answered] = [0, 0]
  return {
    client: {
      withCommandOptions: () => undefined,
      async sendCommand(args: string[]) {
        sent += 1
        const answer = await client.sendCommand(args)
        answered += Array.isArray(answer) ? answer.length : 1
        return answer
      },
    } satisfies RedisClient,
    sent: () => sent,
    answered: () => answered,
    reset: () => {
      ;[sent, answered] = [0, 0]
    },
  }
}
