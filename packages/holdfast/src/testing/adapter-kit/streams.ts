import { strict as assert } from 'node:assert'
import type { Session } from '../../engine/session.js'
import { type Declare, gate, type KitData, type Route, until } from './fixture.js'

/** Answers that come piece by piece, and clients that leave in between. */
export function testStreams(test: Declare, finishes: boolean): void {
  /** A route that sends a piece, waits until it has arrived, and goes on. */
  const inPieces = (
    arrived: Promise<void>,
    goOn: (session: Session<KitData>) => string | Promise<string>,
    before: (session: Session<KitData>) => unknown = () => undefined,
  ): Route => ({
    method: 'POST',
    path: '/stream',
    async handle(session) {
      await before(session)
      async function* body(): AsyncGenerator<string> {
        yield 'one '
        await arrived
        yield await goOn(session)
      }
      return { body: body(), headers: [['Content-Type', 'text/plain']] }
    },
  })

  test('what is written after the first byte is there when the last has come', async ({ open }) => {
    const arrived = gate()
    const route = inPieces(arrived.promise, async (session) => {
      session.data.note = 'late'
      if (!finishes) await session.commit()
      return 'two'
    })
    const browser = (await open([route])).browser()
    await browser.post('/in')
    const answer = await browser.ask('/stream', { method: 'POST', onPiece: arrived.open })
    assert.equal(answer.body, 'one two')
    assert.deepEqual(answer.cookies, [])
    assert.equal((await browser.get('/note')).body, 'late')
  })

  test('the cookie of a write before the first byte is in the head of a stream (CK-15)', async ({ open }) => {
    const arrived = gate()
    const route = inPieces(
      arrived.promise,
      async (session) => {
        session.data.list = ['late']
        if (!finishes) await session.commit()
        return 'two'
      },
      (session) => {
        session.data.note = 'early'
      },
    )
    const list: Route = {
      method: 'GET',
      path: '/list',
      handle: ({ data }) => ({ body: `${data.note} ${data.list?.join()}` }),
    }
    const browser = (await open([route, list])).browser()
    const answer = await browser.ask('/stream', { method: 'POST', onPiece: arrived.open })
    assert.equal(answer.body, 'one two')
    assert.equal((await browser.get('/list')).body, 'early late')
  })

  test('after the first byte nothing is begun that would need a cookie', async ({ open, store }) => {
    const arrived = gate()
    const codeOf = async (act: () => unknown): Promise<string> => {
      try {
        await act()
        return 'nothing'
      } catch (error) {
        return (error as { code?: string }).code ?? String(error)
      }
    }
    const route = inPieces(arrived.promise, async (session) => {
      const write = await codeOf(() => {
        session.data.note = 'late'
      })
      return `${write} ${await codeOf(() => session.signIn('ada'))}`
    })
    const browser = (await open([route])).browser()
    const answer = await browser.ask('/stream', { method: 'POST', onPiece: arrived.open })
    assert.equal(answer.body, 'one HOLDFAST_HEADERS_SENT HOLDFAST_HEADERS_SENT')
    assert.deepEqual(answer.cookies, [])
    assert.ok(!store.acts.includes('create'))
  })

  test('a client that leaves before the answer: what its request wrote is committed', async ({ open }) => {
    const [began, left] = [gate(), gate()]
    const slow: Route = {
      method: 'GET',
      path: '/slow',
      async handle(session) {
        session.data.note = 'of one who left'
        began.open()
        await left.promise
        return { body: 'hello' }
      },
    }
    const browser = (await open([slow])).browser()
    await browser.post('/in')
    await browser.leave('/slow', began.promise)
    left.open()
    await until('the note was written', async () => (await browser.get('/note')).body === 'of one who left')
  })

  test('a client that leaves while its answer is held harms nobody', async ({ open, store }) => {
    const [held, left] = [gate(), gate()]
    const write: Route = {
      method: 'GET',
      path: '/write',
      handle(session) {
        session.data.note = 'of one who left'
        return { body: 'hello' }
      },
    }
    const browser = (await open([write])).browser()
    await browser.post('/in')
    store.before = async (act) => {
      if (act !== 'patch') return
      held.open()
      await left.promise
    }
    await browser.leave('/write', held.promise)
    left.open()
    await until('the note was written', async () => (await browser.get('/note')).body === 'of one who left')
  })
}
