import { directArrival } from 'holdfast/testing'
import { describe, expect, test } from 'vitest'
import type { Data } from '../support/site.js'
import { type Site, site } from '../support/site.js'

/** A browser whose row has a list and a number. */
async function started(shop: Site) {
  const visitor = shop.browser()
  await visitor.ask((session) => {
    session.data.cart = ['rope']
    session.data.likes = 1
  })
  return visitor
}

describe('what the handler changes while an update is under way', () => {
  test('stays its change: the later of two values of one request stands', async () => {
    const visitor = await started(site())
    await visitor.ask(async (session) => {
      await session.update('likes', async (likes) => {
        session.data.likes = 10
        return (likes ?? 0) + 1
      })
      expect(session.data.likes).toBe(10)
    })
    expect(await visitor.ask((session) => session.data.likes)).toBe(10)
  })

  test('an object that it had before is merged with what was updated', async () => {
    const visitor = await started(site())
    await visitor.ask(async (session) => {
      const { cart } = session.data
      await session.update('cart', async (there) => {
        cart?.push('hook')
        return [...(there ?? []), 'line']
      })
    })
    expect(await visitor.ask((session) => session.data.cart?.toSorted())).toEqual(['hook', 'line', 'rope'])
  })

  test('what it did not change is afterwards what was updated', async () => {
    const visitor = await started(site())
    const seen = await visitor.ask(async (session) => {
      expect(session.data.cart).toEqual(['rope'])
      await session.update('cart', (there) => [...(there ?? []), 'line'])
      return session.data.cart
    })
    expect(seen).toEqual(['rope', 'line'])
  })
})

describe('PL-02 an answer that shows what was taken or updated is private', () => {
  test.each(['take', 'update'] as const)('%s', async (act) => {
    const shop = site()
    const visitor = await started(shop)
    const opened = await shop.sessions.open(directArrival({ headers: { cookie: visitor.jar.header() ?? '' } }))
    if (opened === null || 'refusal' in opened) throw new Error('no session')
    const { session } = opened.exchange
    if (act === 'take') expect(await session.take('likes')).toBe(1)
    else await session.update('likes', (likes) => likes)
    expect(await opened.exchange.settle()).toMatchObject({ cache: 'private' })
  })
})

test.each([
  ['', 'HOLDFAST_NOT_DATA'],
  ['__proto__', 'HOLDFAST_NOT_DATA'],
  ['x'.repeat(129), 'HOLDFAST_TOO_LARGE'],
])('a name that cannot be: %j is refused before the store is asked', async (name, code) => {
  for (const who of ['a visitor', 'a row']) {
    const shop = site()
    const visitor = who === 'a row' ? await started(shop) : shop.browser()
    const update = visitor.ask((session) => session.update(name as keyof Data & string, () => 1 as never))
    await expect(update).rejects.toMatchObject({ code })
  }
})

test('of 512 fields one can be taken out and another put in by one request', async () => {
  const shop = site()
  const visitor = shop.browser()
  await visitor.ask((session) => {
    for (let index = 0; index < 512; index += 1) session.data[`f${index}`] = index
  })
  const swap = await visitor.ask((session) => {
    delete session.data.f0
    session.data.f512 = 512
    return session.commit()
  })
  expect(swap).toBe('applied')
  const one = visitor.ask((session) => {
    session.data.f0 = 0
    return session.commit()
  })
  await expect(one).rejects.toMatchObject({ code: 'HOLDFAST_TOO_LARGE' })
})

test('a row that two requests together have made too large can be made smaller', async () => {
  const { browser } = site()
  const visitor = browser()
  await visitor.ask((session) => {
    session.data.note = 'x'
  })
  const fill = (from: number) =>
    visitor.ask(async (session) => {
      for (let index = from; index < from + 300; index += 1) session.data[`f${index}`] = index
      // Both know the row as it was before either of them wrote.
      await meet()
    })
  let waiting: (() => void) | null = null
  const meet = () =>
    new Promise<void>((resolve) => {
      if (waiting === null) waiting = resolve
      else for (const go of [waiting, resolve]) go()
    })
  await Promise.all([fill(0), fill(300)])
  expect(await visitor.ask((session) => Object.keys(session.data).length)).toBe(601)
  const smaller = await visitor.ask((session) => {
    delete session.data.f0
    return session.commit()
  })
  expect(smaller).toBe('applied')
})

test('what cannot be written in an object that was just assigned does not undo the write before it', async () => {
  const { browser } = site()
  const visitor = browser()
  await visitor.ask(async (session) => {
    session.data.cart = ['rope']
    const { cart } = session.data
    const written = session.commit()
    cart?.push(new Date() as never)
    expect(await written).toBe('applied')
    cart?.pop()
  })
  expect(await visitor.ask((session) => session.data.cart)).toEqual(['rope'])
})
