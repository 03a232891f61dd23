import Koa from 'koa'
import koaSession from 'koa-session'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type KoaStoreOptions, koaStore } from '../../../src/compat/connect/index.js'
import type { Store } from '../../../src/engine/row.js'
import { memoryStore } from '../../../src/stores/memory.js'
import { fakeClock } from '../../../src/testing/fake-clock.js'
import { listen } from '../../adapters/stage.js'
import { onEveryStore } from './grounds.js'
import { barrier, gate, Visitor } from './visitor.js'

const HOUR = 3_600_000

interface KoaSession {
  maxAge: number
  regenerate(): Promise<void>
  save(): Promise<void>
  toJSON(): Record<string, unknown>
  [field: string]: unknown
}

type Handler = (
  session: KoaSession,
  query: Readonly<Record<string, string>>,
  ctx: { session: object | null },
) => unknown

/** An app on which each path is a handler of the session; its answer is sent as JSON. */
async function site(store: object, options: object, handlers: Readonly<Record<string, Handler>>) {
  const app = new Koa()
  app.keys = ['a secret of the test']
  app.use(koaSession({ store, ...options } as Parameters<typeof koaSession>[0], app))
  app.use(async (ctx) => {
    const session = ctx.session as unknown as KoaSession
    ctx.body = JSON.stringify((await handlers[ctx.path.slice(1)]?.(session, ctx.query as never, ctx as never)) ?? null)
    ctx.status = 200
  })
  const { port, close } = await listen(app.callback())
  onTestFinished(() => close())
  return `http://127.0.0.1:${port}`
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const usual: Readonly<Record<string, Handler>> = {
  begin: (session) => {
    session.user = 'ada'
    session.list = []
  },
  read: (session) => session.toJSON(),
  'sign-out': (_session, _query, ctx) => {
    ctx.session = null
  },
}

async function begun(url: string): Promise<Visitor> {
  const visitor = new Visitor(url)
  await visitor.get('/begin')
  expect(visitor.cookie).not.toBe('')
  return visitor
}

await onEveryStore((store) => {
  const settings = { usual: {}, rolling: { rolling: true }, 'of the browser': { maxAge: 'session' } }
  for (const [title, options] of Object.entries(settings)) describe(title, () => concurrency(store, options))
})

function concurrency(store: () => Store, options: object): void {
  test('LC-07: of 100 concurrent writers of a field each, all 100 fields stay', async () => {
    const all = barrier(100)
    const url = await site(koaStore(store()), options, {
      ...usual,
      write: async (session, { n }) => {
        await all()
        session[`field${n}`] = Number(n)
      },
    })
    const visitor = await begun(url)
    await Promise.all(numbers(100).map((n) => new Visitor(url, visitor.cookie).get(`/write?n=${n}`)))
    const fields = Object.fromEntries(numbers(100).map((n) => [`field${n}`, n]))
    expect(await visitor.get('/read')).toEqual({ user: 'ada', list: [], ...fields })
  })

  test('LC-07: 20 concurrent pushes into one list stay', async () => {
    const all = barrier(20)
    const url = await site(koaStore(store()), options, {
      ...usual,
      push: async (session, { n }) => {
        await all()
        ;(session.list as number[]).push(Number(n))
      },
    })
    const visitor = await begun(url)
    await Promise.all(numbers(20).map((n) => new Visitor(url, visitor.cookie).get(`/push?n=${n}`)))
    const { list } = (await visitor.get('/read')) as { list: number[] }
    expect(list.toSorted((a, b) => a - b)).toEqual(numbers(20))
  })

  test('LC-06: a sign-out beside a slow writer stays a sign-out', async () => {
    const slow = gate()
    const url = await site(koaStore(store()), options, {
      ...usual,
      slow: async (session) => {
        await slow.pass()
        session.late = true
      },
    })
    const visitor = await begun(url)
    const old = visitor.cookie
    const late = new Visitor(url, old).get('/slow')
    await slow.reached
    await visitor.get('/sign-out')
    slow.open()
    await late
    expect(await new Visitor(url, old).get('/read')).toEqual({})
  })

  test('LC-06: beside a slow writer regenerate leaves the old key dead, and keeps the data under the new one', async () => {
    const slow = gate()
    const url = await site(koaStore(store()), options, {
      ...usual,
      slow: async (session) => {
        await slow.pass()
        session.late = true
      },
      'sign-in': async (session) => {
        session.user = 'grace'
        await session.regenerate()
        session.more = true
      },
    })
    const visitor = await begun(url)
    const old = visitor.cookie
    const late = new Visitor(url, old).get('/slow')
    await slow.reached
    await visitor.get('/sign-in')
    slow.open()
    await late
    expect(await new Visitor(url, old).get('/read')).toEqual({})
    expect(await visitor.get('/read')).toEqual({ user: 'grace', list: [], more: true })
  })

  test('fields are removed, and a session that is assigned replaces what was read', async () => {
    const url = await site(koaStore(store()), options, {
      ...usual,
      remove: (session) => {
        delete session.list
      },
      assign: (_session, _query, ctx) => {
        ctx.session = { fresh: true }
      },
    })
    const visitor = await begun(url)
    await visitor.get('/remove')
    expect(await visitor.get('/read')).toEqual({ user: 'ada' })
    await visitor.get('/assign')
    expect(await visitor.get('/read')).toEqual({ fresh: true })
  })
}

function opened(options: KoaStoreOptions = {}) {
  const [clock, rows] = [fakeClock(), memoryStore()]
  return { clock, rows, store: koaStore(rows, { now: clock.now, sweep: false, ...options }) }
}

test('TM-01: a session is over after the time that it was stored for, or after ttl', async () => {
  const { store, clock } = opened({ ttl: '2h' })
  await store.set('short', { a: 1 }, HOUR, { ctx: {} })
  await store.set('browser', { a: 1, _session: true }, 'session', { ctx: {} })
  clock.advance(HOUR - 1)
  expect(await store.get('short', HOUR)).toEqual({ a: 1 })
  clock.advance(1)
  expect(await store.get('short', HOUR)).toBeUndefined()
  clock.advance(HOUR - 1)
  expect(await store.get('browser', 'session')).toEqual({ a: 1, _session: true })
  clock.advance(1)
  expect(await store.get('browser', 'session')).toBeUndefined()
})

test('the times of koa-session come back as they were, and only ever move forward', async () => {
  const { store, clock } = opened()
  const session = (at: number) => ({ a: 1, _expire: at + HOUR, _maxAge: HOUR })
  const early = clock.now()
  await store.set('key', session(early), HOUR)
  expect(await store.get('key')).toEqual(session(early))
  const [one, two] = [{}, {}]
  await store.get('key', HOUR, { ctx: one })
  await store.get('key', HOUR, { ctx: two })
  const late = clock.advance(5_000)
  await store.set('key', session(late), HOUR, { ctx: one })
  await store.set('key', session(late - 1_000), HOUR, { ctx: two })
  expect(await store.get('key')).toEqual(session(late))
})

test('koa-session itself says of a session that it has expired', async () => {
  const { store, clock } = opened()
  await store.set('key', { a: 1, _expire: clock.now() + HOUR, _maxAge: HOUR }, HOUR + 10_000)
  clock.advance(HOUR + 1)
  expect(await store.get('key')).toMatchObject({ _expire: clock.now() - 1 })
})

test('ID-08: nothing that is stored is or contains the key', async () => {
  const { store, rows, clock } = opened()
  await store.set('a-key-of-a-session', { a: 1 }, HOUR)
  const { rows: found } = rows.find({ all: true }, clock.now(), null, 10)
  expect(found).toHaveLength(1)
  const row = rows.get(found[0]?.handle ?? '')
  expect(JSON.stringify([row, [...(row?.fields ?? [])]])).not.toContain('a-key-of-a-session')
})

test('what is no store is refused', () => {
  // @ts-expect-error: no store
  expect(() => koaStore(null)).toThrow(expect.objectContaining({ code: 'HOLDFAST_CONFIG' }))
})
