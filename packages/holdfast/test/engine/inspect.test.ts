import type { Inspection } from 'holdfast'
import { expect, test } from 'vitest'
import { site } from '../support/site.js'

const MINUTE = 60_000

test('nothing is stored, nothing is to be inspected', async () => {
  const { browser } = site()
  expect(await browser().ask((session) => session.inspect())).toBeNull()
})

test('version and secret of the row, and when it is renewed next', async () => {
  const { browser, clock } = site()
  const ada = browser()
  const first = await ada.ask(async (session) => {
    await session.signIn('ada')
    return session.inspect()
  })
  const signedIn = clock.now()
  expect(first).toMatchObject({ version: 1, secret: { number: 1, since: signedIn, renews: signedIn + 15 * MINUTE } })

  clock.advance(16 * MINUTE)
  await ada.ask((session) => session.user)
  const renewed = await ada.ask((session) => session.inspect())
  expect(renewed?.secret).toEqual({ number: 2, since: clock.now(), renews: clock.now() + 15 * MINUTE })
  expect(renewed?.version).toBeGreaterThan(1)
})

test("a visitor's secret is not renewed", async () => {
  const { browser } = site()
  const visitor = browser()
  await visitor.ask((session) => {
    session.data.likes = 1
  })
  expect((await visitor.ask((session) => session.inspect()))?.secret).toMatchObject({ number: 1, renews: null })
})

test('what a request read, wrote and merged, while it goes and after it is over', async () => {
  const { browser } = site()
  const ada = browser()
  await ada.ask(async (session) => {
    await session.signIn('ada')
    Object.assign(session.data, { cart: ['tea'], likes: 1, note: 'a' })
  })

  let during: Inspection | null = null
  const { session } = await ada.ask(async (session) => {
    session.data.cart?.push('cup')
    expect(session.read('note')).toBe('a')
    session.data.likes = 7
    await ada.ask((other) => void other.data.cart?.push('pot'))
    await session.commit()
    during = session.inspect()
    delete session.data.note
    return { session }
  })
  expect(during).toMatchObject({
    request: { read: ['cart', 'note'], wrote: ['cart', 'likes'], merged: ['cart'] },
  })
  expect(session.inspect()?.request).toEqual({
    read: ['cart', 'note'],
    wrote: ['cart', 'likes', 'note'],
    merged: ['cart'],
  })
  expect(await ada.ask(({ data }) => data.cart)).toEqual(['tea', 'pot', 'cup'])

  const updated = await ada.ask(async (session) => {
    await session.update('likes', (likes) => (likes ?? 0) + 1)
    return session.inspect()
  })
  expect(updated?.request).toEqual({ read: [], wrote: ['likes'], merged: [] })
})

test('the first write of a visitor counts as written', async () => {
  const { browser } = site()
  const written = await browser().ask(async (session) => {
    session.data.likes = 1
    await session.commit()
    return session.inspect()
  })
  expect(written?.request).toEqual({ read: [], wrote: ['likes'], merged: [] })
})
