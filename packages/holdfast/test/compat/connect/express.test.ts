import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectStore } from '../../../src/compat/connect/index.js'
import type { Store } from '../../../src/engine/row.js'
import { listen } from '../../adapters/stage.js'
import { type ExpressSession, type ExpressSessionOptions, session } from './express-session.js'
import { onEveryStore } from './grounds.js'
import { barrier, gate, Visitor } from './visitor.js'

type Handler = (session: ExpressSession, query: Readonly<Record<string, string>>) => unknown

/** An app on which each path is a handler of the session; its answer is sent as JSON. */
async function site(options: Partial<ExpressSessionOptions>, handlers: Readonly<Record<string, Handler>>) {
  const app = express()
  app.use(session({ secret: 'a secret of the test', resave: false, saveUninitialized: false, store: {}, ...options }))
  for (const [path, handler] of Object.entries(handlers)) {
    app.get(`/${path}`, async (req, res) => {
      const { session } = req as unknown as { session: ExpressSession }
      res.json((await handler(session, req.query as Record<string, string>)) ?? null)
    })
  }
  const { port, close } = await listen(app)
  onTestFinished(() => close())
  return `http://127.0.0.1:${port}`
}

/** A method of the session that calls back. */
const acted = (act: (done: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => act((error) => (error ? reject(error) : resolve())))

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** The handlers that most tests use. */
const usual: Readonly<Record<string, Handler>> = {
  begin: (session) => {
    session.user = 'ada'
    session.list = []
  },
  read: ({ cookie, ...fields }) => fields,
  cookie: ({ cookie }) => cookie,
  'sign-out': (session) => acted((done) => session.destroy(done)),
}

async function begun(url: string): Promise<Visitor> {
  const visitor = new Visitor(url)
  await visitor.get('/begin')
  expect(visitor.cookie).not.toBe('')
  return visitor
}

await onEveryStore((store) => {
  for (const resave of [false, true]) {
    describe(`resave: ${resave}`, () => concurrency(store, resave))
  }
})

function concurrency(store: () => Store, resave: boolean): void {
  for (const [title, cookie] of Object.entries({ 'of the browser': {}, 'of an hour': { maxAge: 3_600_000 } })) {
    test(`LC-07: of 100 concurrent writers of a field each, all 100 fields stay, with a cookie ${title}`, async () => {
      const all = barrier(100)
      const url = await site(
        { store: connectStore(store()), resave, cookie },
        {
          ...usual,
          write: async (session, { n }) => {
            await all()
            session[`field${n}`] = Number(n)
          },
        },
      )
      const visitor = await begun(url)
      await Promise.all(numbers(100).map((n) => new Visitor(url, visitor.cookie).get(`/write?n=${n}`)))
      const fields = Object.fromEntries(numbers(100).map((n) => [`field${n}`, n]))
      expect(await visitor.get('/read')).toEqual({ user: 'ada', list: [], ...fields })
    })
  }

  test('LC-07: 20 concurrent pushes into one list stay', async () => {
    const all = barrier(20)
    const url = await site(
      { store: connectStore(store()), resave },
      {
        ...usual,
        push: async (session, { n }) => {
          await all()
          ;(session.list as number[]).push(Number(n))
        },
      },
    )
    const visitor = await begun(url)
    await Promise.all(numbers(20).map((n) => new Visitor(url, visitor.cookie).get(`/push?n=${n}`)))
    const { list } = (await visitor.get('/read')) as { list: number[] }
    expect(list.toSorted((a, b) => a - b)).toEqual(numbers(20))
  })

  for (const change of ['writes', 'only reads'] as const) {
    test(`LC-06: a sign-out beside a slow request that ${change} stays a sign-out`, async () => {
      const slow = gate()
      const url = await site(
        { store: connectStore(store()), resave },
        {
          ...usual,
          slow: async (session) => {
            await slow.pass()
            if (change === 'writes') session.late = true
          },
        },
      )
      const visitor = await begun(url)
      const old = visitor.cookie
      const late = new Visitor(url, old).get('/slow')
      await slow.reached
      await visitor.get('/sign-out')
      slow.open()
      await late
      expect(await new Visitor(url, old).get('/read')).toEqual({})
    })
  }

  test('LC-06: beside a slow writer regenerate leaves the old id dead', async () => {
    const slow = gate()
    const url = await site(
      { store: connectStore(store()), resave },
      {
        ...usual,
        slow: async (session) => {
          await slow.pass()
          session.late = true
        },
        'sign-in': async (session) => {
          const { req } = session as unknown as { req: { session: ExpressSession } }
          await acted((done) => session.regenerate(done))
          req.session.user = 'grace'
          await acted((done) => req.session.save(done))
        },
      },
    )
    const visitor = await begun(url)
    const old = visitor.cookie
    const late = new Visitor(url, old).get('/slow')
    await slow.reached
    await visitor.get('/sign-in')
    slow.open()
    await late
    expect(await new Visitor(url, old).get('/read')).toEqual({})
    expect(visitor.cookie).not.toBe(old)
    expect(await visitor.get('/read')).toEqual({ user: 'grace' })
  })

  test('fields are removed, replaced and come back as JSON has them', async () => {
    const date = new Date(0)
    const url = await site(
      { store: connectStore(store()), resave },
      {
        ...usual,
        change: (session) => {
          delete session.list
          session.user = { name: 'ada', since: date, nothing: undefined, text: '\u0000\ud800' }
          session.nothing = undefined
        },
      },
    )
    const visitor = await begun(url)
    await visitor.get('/change')
    expect(await visitor.get('/read')).toEqual({
      user: { name: 'ada', since: date.toISOString(), text: '\u0000\ud800' },
    })
  })

  test('two saves beside each other and the end of the request write each change once', async () => {
    const url = await site(
      { store: connectStore(store()), resave },
      {
        ...usual,
        push: async (session) => {
          const list = session.list as number[]
          list.push(1)
          // Neither waits for the other.
          const saves = [1, 2].map(() => acted((done) => session.save(done)))
          list.push(2)
          await Promise.all(saves)
          list.push(3)
        },
      },
    )
    const visitor = await begun(url)
    await visitor.get('/push')
    expect(await visitor.get('/read')).toEqual({ user: 'ada', list: [1, 2, 3] })
  })

  test('a cookie that the handler changes is stored, and one of an hour is moved on by every request', async () => {
    const url = await site(
      { store: connectStore(store()), resave },
      {
        ...usual,
        remember: ({ cookie }) => {
          cookie.maxAge = 3_600_000
        },
      },
    )
    const visitor = await begun(url)
    expect(await visitor.get('/cookie')).toMatchObject({
      originalMaxAge: null,
      expires: null,
      httpOnly: true,
      path: '/',
    })
    await visitor.get('/remember')
    const first = (await visitor.get('/cookie')) as { originalMaxAge: number; expires: string }
    // express-session itself may lose a millisecond between its two looks at the clock.
    expect(first.originalMaxAge).toBeGreaterThan(3_599_900)
    const second = (await visitor.get('/cookie')) as { expires: string }
    expect(Date.parse(second.expires)).toBeGreaterThanOrEqual(Date.parse(first.expires))
  })

  test('with unset: destroy a session that is set to null is gone', async () => {
    const url = await site(
      { store: connectStore(store()), resave, unset: 'destroy' },
      {
        ...usual,
        unset: (session) => {
          const { req } = session as unknown as { req: { session: null } }
          req.session = null
        },
      },
    )
    const visitor = await begun(url)
    await visitor.get('/unset')
    expect(await visitor.get('/read')).toEqual({})
  })
}
