import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service } from '../../../../scripts/services/service.js'
import type { Row, Store } from '../../src/engine/row.js'
import { createSessions } from '../../src/index.js'
import { redisStore } from '../../src/stores/redis.js'
import { cookieFor } from '../../src/testing/cookie-for.js'
import { direct } from '../../src/testing/direct.js'
import { HOUR, newEnding, newHandle, newOp, newRow, numbers, put } from '../../src/testing/store-kit/fixture.js'
import { type Connected, single } from './redis-clients.js'
import { type Tap, tap } from './redis-tap.js'

const server = await service('redis', { own: true })
afterAll(async () => void ('stop' in server && (await server.stop())))

const now = Date.now()
const settings = () => ({ prefix: `${newHandle()}:` })

describeOn(server, 'what the store on Redis sends', ({ url }) => {
  for (const [folder, connect] of Object.entries(single)) {
    describe(folder, () => {
      let wire: Tap
      let connected: Connected
      let store: Store
      let prefix: string
      beforeAll(async () => {
        wire = await tap(url)
        connected = await connect(wire.url)
        prefix = settings().prefix
        store = redisStore(connected.client, { prefix, log: () => undefined })
        // What every client sends once, and the text of each script.
        const { handle } = await put(store, now)
        await store.patch(handle, { seenAt: now }, now)
        await store.end(handle, newEnding(now), now)
        await put(store, now)
        await store.sweep?.(now + 2 * HOUR, 10)
      })
      afterAll(async () => {
        await connected.close()
        await wire.close()
      })

      /** The names of the commands of one act, how many of each, and its round trips. */
      async function sent(act: () => unknown): Promise<{ commands: Record<string, number>; roundTrips: number }> {
        wire.clear()
        await act()
        const commands: Record<string, number> = {}
        for (const [name = ''] of wire.commands) {
          commands[name.toUpperCase()] = (commands[name.toUpperCase()] ?? 0) + 1
        }
        return { commands, roundTrips: wire.roundTrips }
      }

      const user = 'ada'
      const link = 'sid-1'
      const create = async (changes: Partial<Row> = {}) => {
        const row = newRow(now, changes)
        await store.create(row, now)
        return row
      }

      test('get is one plain HGETALL of one key', async () => {
        const row = await create()
        expect(await sent(() => store.get(row.handle, now))).toEqual({ commands: { HGETALL: 1 }, roundTrips: 1 })
        expect(wire.commands[0]?.slice(1)).toEqual([`${prefix}{${row.handle.charAt(0)}r}${row.handle.slice(1)}`])
        expect(await sent(() => store.get(row.handle, now, true))).toEqual({ commands: { HGETALL: 1 }, roundTrips: 1 })
      })

      test.each([
        ['a visitor', {}],
        ['a user with a link', { user, link }],
        ['a record', { kind: 'record' as const }],
      ])('create of %s is one script', async (_, changes) => {
        const row = newRow(now, changes)
        expect(await sent(() => store.create(row, now))).toEqual({ commands: { EVALSHA: 1 }, roundTrips: 1 })
      })

      test('patch is one script, refused or not', async () => {
        const row = await create({ user })
        const patch = { set: new Map([['a', '1']]), unset: ['b'], seenAt: now + 1, expiresAt: now + 2 * HOUR }
        const guards = { ifKeys: row.keys, keys: '1second', ifFields: new Map([['a', null]]) }
        for (const version of [2, null]) {
          let answer: unknown
          const act = async () => {
            answer = await store.patch(row.handle, { ...patch, ...guards, op: newOp() }, now)
          }
          expect(await sent(act)).toEqual({ commands: { EVALSHA: 1 }, roundTrips: 1 })
          expect(answer).toBe(version)
        }
      })

      test('end is one script', async () => {
        const row = await create({ user, link })
        expect(await sent(() => store.end(row.handle, newEnding(now), now))).toEqual({
          commands: { EVALSHA: 1 },
          roundTrips: 1,
        })
      })

      test('find is one range, and one look at each row, in two round trips', async () => {
        const mine = newHandle()
        for (const _ of numbers(5)) await create({ user: mine, link: mine })
        for (const index of [{ user: mine }, { link: mine }]) {
          expect(await sent(() => store.find(index, now, null, 100))).toEqual({
            commands: { ZRANGEBYLEX: 1, HMGET: 5 },
            roundTrips: 2,
          })
        }
      })

      test('a sweep where nothing is due asks each group once, in one round trip', async () => {
        await create({ user })
        expect(await sent(() => store.sweep?.(now, 500))).toEqual({ commands: { ZRANGEBYSCORE: 64 }, roundTrips: 1 })
      })

      test('a row that is swept is one script; the indexes of its owners take three round trips more', async () => {
        const { prefix: one } = settings()
        const swept = redisStore(connected.client, { prefix: one, log: () => undefined })
        for (const [changes, commands, roundTrips] of [
          [{}, { ZRANGEBYSCORE: 65, EVALSHA: 1 }, 3],
          [{ user, link }, { ZRANGEBYSCORE: 65, EVALSHA: 1, ZREM: 3, HMGET: 1 }, 6],
        ] as const) {
          await put(swept, now, changes)
          expect(await sent(() => swept.sweep?.(now + 2 * HOUR, 10))).toEqual({ commands, roundTrips })
        }
      })

      test('a request that only reads sends one command', async () => {
        const sessions = createSessions<{ likes: number }>({
          secret: randomBytes(32).toString('base64url'),
          store: redisStore(connected.client, { prefix, log: () => undefined }),
          log: () => undefined,
        })
        const headers = await cookieFor(sessions, 'ada', { data: { likes: 3 } })
        const request = { url: 'http://127.0.0.1/', peer: '127.0.0.1', headers }
        expect(await sent(() => direct(sessions, request, ({ data }) => expect(data.likes).toBe(3)))).toEqual({
          commands: { HGETALL: 1 },
          roundTrips: 1,
        })
        const writes = () => direct(sessions, request, ({ data }) => void (data.likes = 4))
        expect(await sent(writes)).toEqual({ commands: { HGETALL: 1, EVALSHA: 1 }, roundTrips: 2 })
        await sessions.close()
      })

      test('no command walks over keys', async () => {
        await create({ user })
        wire.clear()
        for (const index of [{ user }, { all: true }] as const) await store.find(index, now, null, 3)
        // All that is due: among a few of the rows, whose groups are random, there may be none of a user.
        await store.sweep?.(now + 2 * HOUR, 100)
        const names = new Set(wire.commands.map(([name]) => name?.toUpperCase()))
        expect([...names].sort()).toEqual(['EVALSHA', 'HMGET', 'ZRANGEBYLEX', 'ZRANGEBYSCORE', 'ZREM'])
      })
    })
  }
})
