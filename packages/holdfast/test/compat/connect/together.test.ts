import express from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { connectStore } from '../../../src/compat/connect/index.js'
import session from '../../../src/compat/express-session/index.js'
import { memoryStore } from '../../../src/stores/memory.js'
import { listen } from '../../adapters/stage.js'
import { gate } from './visitor.js'

type Written = Record<string, unknown> & { destroy(): Promise<unknown> }

/** The module in place of express-session, on a store of holdfast. `/write/NAME` waits until `open` lets it. */
async function site(open: () => Promise<void>): Promise<(path: string, cookie?: string) => Promise<Response>> {
  const app = express()
  const store = connectStore(memoryStore())
  app.use(session({ store, secret: 'a secret of the test', resave: false, saveUninitialized: false }))
  app.use(async (req, res) => {
    const { session } = req as unknown as { session: Written }
    const [, act, name = ''] = req.path.split('/')
    if (act === 'write') {
      await open()
      session[name] = true
    }
    if (act === 'out') await session.destroy()
    res.json(act === 'read' ? Object.keys(session).filter((key) => key !== 'cookie') : null)
  })
  const { port, close } = await listen(app)
  onTestFinished(() => close())
  return (path, cookie = '') => fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } })
}

test('LC-07: the module on a store of holdfast: of 100 concurrent writers of a field each, all 100 fields stay', async () => {
  let waiting = 0
  const all = gate()
  const visit = await site(async () => {
    waiting += 1
    if (waiting === 1) return
    if (waiting === 101) all.open()
    await all.pass()
  })
  const cookie = (await visit('/write/first')).headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  await Promise.all(Array.from({ length: 100 }, (_, at) => visit(`/write/field${at}`, cookie)))
  expect(await (await visit('/read', cookie)).json()).toHaveLength(101)
})

test('LC-06: the module on a store of holdfast: what was destroyed is not brought back by a slower writer', async () => {
  let count = 0
  const slowly = gate()
  const visit = await site(async () => {
    count += 1
    if (count === 1) return
    await slowly.pass()
  })
  const cookie = (await visit('/write/first')).headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const slow = visit('/write/late', cookie)
  await slowly.reached
  await visit('/out', cookie)
  slowly.open()
  await slow
  expect(await (await visit('/read', cookie)).json()).toEqual([])
})
