import { createRequire } from 'node:module'
import express from 'express'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { describeOn } from '../../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../../scripts/services/service.js'
import { connectStore, koaStore, type OldStore } from '../../../src/compat/connect/index.js'
import { memoryStore } from '../../../src/stores/memory.js'
import { fakeClock } from '../../../src/testing/fake-clock.js'
import { newHandle } from '../../../src/testing/store-kit/fixture.js'
import { listen } from '../../adapters/stage.js'
import { newPool, newTable } from '../../stores/postgres-clients.js'
import { type ExpressSession, session } from './express-session.js'
import { installed } from './installed.js'
import { gate, Visitor } from './visitor.js'

const HOUR = 3_600_000

interface ConnectRedis extends OldStore {
  get(sid: string, callback?: (error: unknown, session?: object | null) => void): Promise<unknown>
}

const { RedisStore } = createRequire(import.meta.url)('connect-redis') as {
  RedisStore: new (options: { client: unknown; prefix: string }) => ConnectRedis
}

/** express-session on a store: `/begin` signs in, `/read` reads, `/sign-out` destroys. */
async function site(store: object, cookie: object = {}): Promise<string> {
  const app = express()
  app.use(session({ store, cookie, secret: 'a secret of the test', resave: false, saveUninitialized: false }))
  app.use((req, res) => {
    const { session } = req as unknown as { session: ExpressSession }
    const { cookie, ...fields } = session
    if (req.path === '/begin') session.user = 'ada'
    if (req.path === '/write') session.cart = ['book']
    if (req.path === '/sign-out') session.destroy(() => res.json(null))
    else res.json(fields)
  })
  const { port, close } = await listen(app)
  onTestFinished(() => close())
  return `http://127.0.0.1:${port}`
}

const server = await service('redis')
afterAll(async () => void ('stop' in server && (await server.stop())))

describeOn(server, 'coming from connect-redis', ({ url }) => {
  const client = createClient({ url })
  beforeAll(async () => {
    testedWith(server, 'connect-redis')
    await client.connect()
  })
  afterAll(() => client.destroy())
  const old = () => new RedisStore({ client, prefix: `${newHandle()}:` })

  for (const [title, cookie] of Object.entries({ 'of the browser': {}, 'of an hour': { maxAge: HOUR } })) {
    test(`live sessions are moved when they come, with the cookie that they have, ${title}`, async () => {
      const from = old()
      const before = await site(from, cookie)
      const visitor = new Visitor(before)
      await visitor.get('/begin')
      const after = await site(connectStore(memoryStore(), { from }), cookie)
      const moved = new Visitor(after, visitor.cookie)
      expect(await moved.get('/read')).toEqual({ user: 'ada' })
      await moved.get('/write')
      expect(await moved.get('/read')).toEqual({ user: 'ada', cart: ['book'] })
      // The way back: the old record is still there, with what it had when the session was moved.
      expect(await new Visitor(before, visitor.cookie).get('/read')).toEqual({ user: 'ada' })
    })
  }

  test('LC-05: a sign-out goes to both, whether the session was moved or not', async () => {
    for (const first of ['/read', '/sign-out']) {
      const from = old()
      const before = await site(from)
      const visitor = new Visitor(before)
      await visitor.get('/begin')
      const after = await site(connectStore(memoryStore(), { from }))
      await new Visitor(after, visitor.cookie).get(first)
      await new Visitor(after, visitor.cookie).get('/sign-out')
      for (const url of [before, after]) expect(await new Visitor(url, visitor.cookie).get('/read')).toEqual({})
    }
  })

  test('LC-06: what was destroyed here is not read again, even if the old site writes it back', async () => {
    const from = old()
    const store = connectStore(memoryStore(), { from })
    const record = { cookie: { originalMaxAge: null, expires: null }, user: 'ada' }
    const write = () =>
      new Promise((resolve) => (from as unknown as ReturnType<typeof connectStore>).set('sid', record, resolve))
    await write()
    await store.destroy('sid')
    await write()
    expect(await store.get('sid')).toBeNull()
  })
})

type ConnectPgSimple = (
  module: typeof session,
) => new (options: {
  pool: unknown
  tableName: string
  createTableIfMissing: boolean
  pruneSessionInterval: false
}) => OldStore

const postgres = await service('postgres')
afterAll(async () => void ('stop' in postgres && (await postgres.stop())))
const pgSimple = installed<ConnectPgSimple>('connect-pg-simple')

describeOn(postgres, 'coming from connect-pg-simple', ({ url }) => {
  describeOn(pgSimple, 'as it is installed', ({ module: connectPgSimple }) => {
    test('live sessions are moved when they come, and a sign-out goes to both', async () => {
      const pool = newPool(url)
      const table = newTable()
      onTestFinished(async () => {
        await pool.query(`DROP TABLE "${table}"`)
        await pool.end()
      })
      const Old = connectPgSimple(session)
      const from = new Old({ pool, tableName: table, createTableIfMissing: true, pruneSessionInterval: false })
      const before = await site(from, { maxAge: HOUR })
      const visitor = new Visitor(before)
      await visitor.get('/begin')
      const after = await site(connectStore(memoryStore(), { from }), { maxAge: HOUR })
      const moved = new Visitor(after, visitor.cookie)
      await moved.get('/write')
      expect(await moved.get('/read')).toEqual({ user: 'ada', cart: ['book'] })
      expect(await new Visitor(before, visitor.cookie).get('/read')).toEqual({ user: 'ada' })
      await moved.get('/sign-out')
      for (const site of [before, after]) expect(await new Visitor(site, visitor.cookie).get('/read')).toEqual({})
    })
  })
})

/** An old store of one session, that counts what it is asked. */
function oneSession(record: object) {
  const asked: string[] = []
  let there: object | null = record
  const from: OldStore = {
    get: (sid, callback) => {
      asked.push(`get ${sid}`)
      callback(null, there)
    },
    destroy: (sid, callback) => {
      asked.push(`destroy ${sid}`)
      there = null
      callback()
    },
  }
  return { from, asked }
}

const ended = { originalMaxAge: HOUR, expires: '2020-01-01T00:00:00.000Z', httpOnly: true, path: '/' }

describe('an old store', () => {
  test('is asked once for a session, and also for what it says had ended: connect-redis prolongs without writing', async () => {
    const clock = fakeClock()
    const { from, asked } = oneSession({ cookie: ended, user: 'ada' })
    const store = connectStore(memoryStore(), { from, now: clock.now })
    const expires = new Date(clock.now() + HOUR).toISOString()
    for (let round = 0; round < 2; round += 1) {
      expect(await store.get('sid')).toEqual({ cookie: { ...ended, expires }, user: 'ada' })
    }
    expect(asked).toEqual(['get sid'])
    clock.advance(HOUR)
    expect(await store.get('sid')).toBeNull()
    expect(asked).toEqual(['get sid'])
  })

  test('may answer with promises, by a callback later on, and with ENOENT for nothing', async () => {
    const record = { cookie: ended, user: 'ada' }
    const ways: Record<string, OldStore> = {
      promises: { get: async (_sid: string) => record, destroy: async (_sid: string) => undefined },
      later: {
        get: async (_sid, callback) => void setImmediate(callback, null, record),
        destroy: async (_sid, callback) => void setImmediate(callback),
      },
    }
    for (const [way, from] of Object.entries(ways)) {
      const store = connectStore(memoryStore(), { from })
      expect([way, await store.get('sid')]).toMatchObject([way, { user: 'ada' }])
      await store.destroy('sid')
      expect(await store.get('sid')).toBeNull()
    }
    const { from } = oneSession({})
    const none: OldStore = {
      ...from,
      get: (_sid, callback) => callback(Object.assign(new Error('none'), { code: 'ENOENT' })),
    }
    expect(await connectStore(memoryStore(), { from: none }).get('sid')).toBeNull()
  })

  test('that fails has the act fail', async () => {
    const { from } = oneSession({})
    const down: OldStore = { ...from, get: (_sid, callback) => callback(new Error('down')) }
    await expect(connectStore(memoryStore(), { from: down }).get('sid')).rejects.toThrow('down')
    await expect(connectStore(memoryStore(), { from: down }).destroy('sid')).rejects.toThrow('down')
  })

  test('LC-06: a destroy while a session is being moved wins', async () => {
    const reading = gate()
    const { from } = oneSession({ cookie: ended, user: 'ada' })
    const rows = memoryStore()
    const slow: OldStore = {
      ...from,
      get: (sid, callback) =>
        from.get(sid, (error, session) => void reading.pass().then(() => callback(error, session))),
    }
    const moving = connectStore(rows, { from: slow }).get('sid')
    await reading.reached
    const other = connectStore(rows, { from })
    await other.destroy('sid')
    reading.open()
    expect(await moving).toBeNull()
    expect(await other.get('sid')).toBeNull()
  })

  test('of two that move a session at once both answer the same one', async () => {
    const { from } = oneSession({ cookie: ended, user: 'ada' })
    const rows = memoryStore()
    const stores = [connectStore(rows, { from }), connectStore(rows, { from })]
    const read = await Promise.all(stores.map((store) => store.get('sid')))
    for (const session of read) expect(session).toMatchObject({ user: 'ada' })
    expect(await stores[0]?.length()).toBe(1)
  })

  test('is left alone for what it does not have', async () => {
    const { from, asked } = oneSession({})
    const rows = memoryStore()
    const store = connectStore(rows, { from: { ...from, get: (_sid, callback) => callback(null, null) } })
    await store.destroy('sid')
    expect(asked).toEqual(['destroy sid'])
    expect(rows.counts().tombstones).toBe(0)
  })
})

test('koa-session comes from its old store in the same way', async () => {
  const asked: string[] = []
  const sessions = new Map<string, object>([['key', { _expire: Date.now() + HOUR, _maxAge: HOUR, user: 'ada' }]])
  const from = {
    get: async (key: string, maxAge: number) => {
      asked.push(`get ${key} ${maxAge}`)
      return sessions.get(key)
    },
    destroy: async (key: string) => {
      asked.push(`destroy ${key}`)
      sessions.delete(key)
    },
  }
  const record = sessions.get('key')
  const store = koaStore(memoryStore(), { from })
  for (let round = 0; round < 2; round += 1) expect(await store.get('key', HOUR, {})).toEqual(record)
  expect(asked).toEqual([`get key ${HOUR}`])
  await store.destroy('key', {})
  sessions.set('key', record ?? {})
  expect(await store.get('key', HOUR, {})).toBeUndefined()
  sessions.set('other', record ?? {})
  await store.destroy('other')
  sessions.set('other', record ?? {})
  expect(await store.get('other', HOUR)).toBeUndefined()
})
