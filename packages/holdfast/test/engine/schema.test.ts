import type { StandardSchema } from 'holdfast'
import { expect, test } from 'vitest'
import { type Data, site } from '../support/site.js'

/** A schema by hand: `likes` is a number, `note` is needed. */
const schema: StandardSchema<Data> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const data = value as Partial<Record<string, unknown>>
      const issues = []
      if ('likes' in data && typeof data.likes !== 'number') issues.push({ path: [{ key: 'likes' }, 'x'] })
      if (!('note' in data)) issues.push({ path: ['note'] })
      return issues.length > 0 ? { issues } : { value: data as unknown as Data }
    },
  },
}

/** A browser whose row was written by an older version, to which `likes` was a list. */
async function old(options: Parameters<typeof site>[0]) {
  const shop = site(options)
  const before = site({ store: shop.store, now: () => shop.clock.now() })
  const browser = shop.browser()
  const writer = before.browser()
  await writer.ask((session) => {
    Object.assign(session.data, { likes: ['old'], cart: ['rope'], unknown: 1 })
  })
  browser.jar.take([`__Host-vid=${writer.cookie('__Host-vid')}; Path=/; Secure`])
  return { ...shop, browser }
}

test('a field that does not fit is absent for the request and reported; the row keeps it, and all that is unknown', async () => {
  const { browser, events, store } = await old({ schema })
  expect(await browser.ask((session) => ({ ...session.data }))).toEqual({ cart: ['rope'], unknown: 1 })
  expect(events.dropped).toMatchObject([{ fields: ['likes'], reason: 'invalid' }])
  const handle = (await browser.ask((session) => session.handle)) as string
  expect([...((await store.get(handle, 0))?.fields.keys() ?? [])].sort()).toEqual(['cart', 'likes', 'unknown'])
})

test('a write takes the place of what did not fit', async () => {
  const { browser, events } = await old({ schema })
  await browser.ask((session) => {
    session.data.likes = (session.data.likes ?? 0) + 1
  })
  expect(await browser.ask((session) => session.data.likes)).toBe(1)
  expect(events.overlapped).toEqual([])
})

test('a function mends old fields, for good', async () => {
  const { browser, store } = await old({ schema, onInvalid: (_field, value) => (value as unknown[]).length })
  expect(await browser.ask((session) => session.data.likes)).toBe(1)
  const handle = (await browser.ask((session) => session.handle)) as string
  expect((await store.get(handle, 0))?.fields.get('likes')).toBe('1')
})

test('a step-up carries what does not fit, as it carries everything: another version may read it', async () => {
  const { store, clock } = site()
  const before = site({ store, now: () => clock.now() })
  const ada = before.browser()
  await ada.ask(async (session) => {
    await session.signIn('ada')
    Object.assign(session.data, { likes: ['old'], note: 'x' })
  })
  const after = site({ store, schema, now: () => clock.now() }).browser()
  after.jar.take([`__Host-sid=${ada.cookie('__Host-sid')}; Path=/; Secure`])
  const handle = await after.ask(async (session) => {
    await session.stepUp()
    return session.handle
  })
  expect((await store.get(handle as string, 0))?.fields.get('likes')).toBe('["old"]')
})

test("'end' ends the session", async () => {
  const { browser } = await old({ schema, onInvalid: 'end' })
  expect(await browser.ask((session) => [session.handle, { ...session.data }])).toEqual([null, {}])
})

test('a schema that answers later is refused', async () => {
  const later = { '~standard': { ...schema['~standard'], validate: async () => ({ value: {} as Data }) } }
  const { browser } = await old({ schema: later })
  await expect(browser.ask(() => 1)).rejects.toMatchObject({ code: 'HOLDFAST_CONFIG' })
})
