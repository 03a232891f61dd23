import { createHash, hkdfSync } from 'node:crypto'
import { direct, directArrival } from 'holdfast/testing'
import { describe, expect, test } from 'vitest'
import { codecOf, partsOf } from '../support/credentials.js'
import { SECRET, type Site, site } from '../support/site.js'
import { actsOf, spiedStore } from '../support/spied-store.js'

const NAMES = ['__Host-sid', '__Host-vid'] as const

/** Who a request with these headers is. */
async function whoIs(
  { sessions }: Site,
  headers: Record<string, string>,
  url = 'https://shop.test/',
): Promise<unknown> {
  const outcome = await direct(sessions, { headers, url }, (session) => [session.user, session.handle])
  if (outcome.refusal !== null) throw outcome.refusal.error
  return outcome.result
}

const NOBODY = [null, null]

/** A site on which ada is signed in, with a store that is watched from then on. */
async function siteOfAda() {
  const spied = spiedStore()
  const shop = site({ store: spied.store })
  const ada = shop.browser()
  await ada.ask((session) => session.signIn('ada'))
  const credential = ada.cookie('__Host-sid') as string
  const { handle } = partsOf(credential)
  spied.calls.length = 0
  return { ...shop, shop, spied, ada, credential, handle }
}

describe('what a client presents', () => {
  const valid = codecOf('__Host-sid').issue('h'.repeat(22), 1, 's'.repeat(43))
  const flipped = `${valid.slice(0, -1)}${valid.endsWith('A') ? 'B' : 'A'}`
  test.each([
    ['a path', '../../etc/passwd'],
    ['SQL', "a' OR 1=1--"],
    ['an operator', '{"$gt":""}'],
    ['an encoded zero', '%00'],
    ['broken percent-encoding', '%E0%A4%A'],
    ['the name of a prototype', '__proto__'],
    ['a name that every object has', 'constructor'],
    ['nothing', ''],
    ['other alphabets', 'sesión-秘密'],
    ['line breaks', 'a\r\nSet-Cookie: x=y'],
    ['one megabyte', 'a'.repeat(1_048_576)],
    ['a character too few', valid.slice(0, -1)],
    ['a character too many', `${valid}A`],
    ['quotes around it', `"${valid}"`],
    ['it percent-encoded', valid.replace('h', '%68')],
    ['upper case in its number', valid.replace('h0001s', 'h000As')],
    ['another tag', flipped],
    ['another handle', valid.replace('hhhh', 'gggg')],
    ['a key that is not there', `1zzzzzz${valid.slice(7)}`],
    ['a format of tomorrow', `2${valid.slice(1)}`],
    ['a comma-separated list', `${valid.slice(0, 60)},${valid.slice(60)}`],
  ])('ID-10 ID-12 %s: never reaches the store, and is said without it', async (_title, text) => {
    const { shop, spied, events } = await siteOfAda()
    for (const name of NAMES) {
      for (const cookie of [`${name}=${text}`, `${name}=x; ${name}=${text}; ${name}[]=${text}`]) {
        expect(await whoIs(shop, { cookie })).toEqual(NOBODY)
      }
    }
    expect(spied.calls).toEqual([])
    expect(events.refused.length).toBeGreaterThan(0)
    expect(events.refused.every((event) => event.handle === null && event.user === null)).toBe(true)
    if (text !== '') expect(JSON.stringify(events.refused)).not.toContain(text)
  })

  test('ID-10 a user’s credential is none under the visitor’s name, and the other way round', async () => {
    const { shop, spied, ada, credential } = await siteOfAda()
    expect(await whoIs(shop, { cookie: `__Host-vid=${credential}` })).toEqual(NOBODY)
    expect(spied.calls).toEqual([])
    expect(await ada.ask((session) => session.user)).toBe('ada')
  })

  test('ID-07 no configured secret, nor what is derived from it, opens a session', async () => {
    const { shop, spied } = await siteOfAda()
    const derived = ['key id', 'cookie __Host-sid', 'cookie __Host-vid'].map((info) =>
      Buffer.from(hkdfSync('sha256', SECRET, '', `holdfast ${info}`, 32)).toString('base64url'),
    )
    const hashed = createHash('sha256').update(SECRET).digest('base64url')
    for (const text of [SECRET, Buffer.from(SECRET).toString('base64'), hashed, ...derived]) {
      for (const name of NAMES) {
        expect(await whoIs(shop, { cookie: `${name}=${text}` })).toEqual(NOBODY)
        const dressed = codecOf(name).issue('h'.repeat(22), 1, text.padEnd(43, 'A').slice(0, 43))
        expect(
          await whoIs(shop, { cookie: `${name}=${dressed.slice(0, 76)}${text.padEnd(43, 'A').slice(0, 43)}` }),
        ).toEqual(NOBODY)
      }
    }
    expect(spied.calls).toEqual([])
  })
})

describe('a credential that is well formed, and was not issued here or is over', () => {
  /** Presents it as a visitor's, writes, and answers what was handed out. */
  async function adopt(shop: Site, cookie: string): Promise<string> {
    const outcome = await direct(shop.sessions, { headers: { cookie } }, (session) => {
      expect([session.user, session.handle, { ...session.data }]).toEqual([null, null, {}])
      session.data.note = 'mine'
    })
    expect(outcome.cookies).toHaveLength(1)
    return /^__Host-vid=([^;]+)/.exec(outcome.cookies[0] ?? '')?.[1] ?? ''
  }

  test('ID-11 one that was never issued, though its tag is true, is not adopted', async () => {
    const spied = spiedStore()
    const shop = site({ store: spied.store })
    for (const name of NAMES) {
      const { handle, secret } = codecOf(name).mint()
      const planted = codecOf(name).issue(handle, 1, secret)
      const given = await adopt(shop, `${name}=${planted}`)
      expect(partsOf(given).handle).not.toBe(handle)
      expect(partsOf(given).secret).not.toBe(secret)
      expect(await shop.store.get(handle, shop.clock.now())).toBeNull()
    }
    expect(actsOf(spied.calls).filter((act) => act === 'create')).toHaveLength(2)
  })

  test('ID-11 nor that of a session that has expired, though its row may still be there', async () => {
    const shop = site()
    const visitor = shop.browser()
    await visitor.ask((session) => {
      session.data.note = 'old'
    })
    const old = visitor.cookie('__Host-vid') as string
    shop.clock.advance('31d')
    expect(partsOf(await adopt(shop, `__Host-vid=${old}`)).handle).not.toBe(partsOf(old).handle)
  })

  test('ID-11 nor that of a session that was signed out, revoked or replaced', async () => {
    for (const end of ['signOut', 'revoke', 'stepUp'] as const) {
      const shop = site()
      const ada = shop.browser()
      await ada.ask((session) => session.signIn('ada'))
      const old = ada.cookie('__Host-sid') as string
      if (end === 'revoke') await shop.sessions.revoke({ user: 'ada' })
      else await ada.ask((session) => session[end]())
      expect(partsOf(await adopt(shop, `__Host-sid=${old}`)).handle).not.toBe(partsOf(old).handle)
      expect((await shop.store.get(partsOf(old).handle, shop.clock.now()))?.ended).not.toBeNull()
    }
  })

  test('ID-12 it is said with the handle and without the secret, at most 60 times a minute for each reason', async () => {
    const { shop, events, clock } = await siteOfAda()
    const dead = codecOf('__Host-sid').issue('d'.repeat(22), 1, 's'.repeat(43))
    const seen = (reason: string) => events.refused.filter((event) => event.reason === reason).length
    for (let count = 0; count < 200; count += 1) {
      await whoIs(shop, { cookie: `__Host-sid=${dead}` })
      await whoIs(shop, { cookie: `__Host-sid=forged${count}` })
    }
    expect([seen('unknown'), seen('tampered')]).toEqual([60, 60])
    expect(events.refused[0]).toEqual({ at: clock.now(), handle: 'd'.repeat(22), user: null, reason: 'unknown' })
    expect(JSON.stringify(events.refused)).not.toMatch(/s{43}|forged/)
    clock.advance('1m')
    await whoIs(shop, { cookie: `__Host-sid=${dead}` })
    expect(seen('unknown')).toBe(61)
  })

  test('CR-02 two that are both valid are nobody’s, and it is said; among garbage the valid one is found', async () => {
    const { shop, ada, events, browser, credential } = await siteOfAda()
    const bob = browser()
    await bob.ask((session) => session.signIn('bob'))
    const two = `__Host-sid=${credential}; __Host-sid=${bob.cookie('__Host-sid')}`
    expect(await whoIs(shop, { cookie: two })).toEqual(NOBODY)
    expect(events.refused).toMatchObject([{ reason: 'twice', handle: null }])
    for (const cookie of [`__Host-sid=bad; __Host-sid=${credential}`, `__Host-sid=${credential}; __Host-sid=bad`]) {
      expect(await whoIs(shop, { cookie })).toMatchObject(['ada', expect.any(String)])
    }
    expect(await ada.ask((session) => session.user)).toBe('ada')
  })
})

describe('other ways in', () => {
  test('ID-14 a valid credential anywhere but in its cookie is nothing: in query, path or another header', async () => {
    const { shop, spied, ada, credential } = await siteOfAda()
    const ways: [Record<string, string>, string?][] = [
      [{}, `https://shop.test/?sid=${credential}&__Host-sid=${credential}`],
      [{}, `https://shop.test/page;jsessionid=${credential}`],
      [{}, `https://shop.test/${credential}#__Host-sid=${credential}`],
      [{ 'x-session-id': credential }],
      [{ authorization: `Bearer ${credential}` }],
      [{ '__host-sid': credential, '__Host-sid': credential, sid: credential }],
      [{ cookie: `sid=${credential}; __host-sid=${credential}; __HOST-SID=${credential}; x__Host-sid=${credential}` }],
      [{ 'set-cookie': `__Host-sid=${credential}`, cookie2: `__Host-sid=${credential}` }],
      [{ referer: `https://shop.test/?__Host-sid=${credential}` }],
    ]
    for (const [headers, url] of ways) expect(await whoIs(shop, headers, url)).toEqual(NOBODY)
    expect(spied.calls).toEqual([])
    expect(await ada.ask((session) => session.user)).toBe('ada')
  })

  test('ID-16 of all headers that are ever asked for, the session’s cookie alone says who somebody is', async () => {
    const asked = new Set<string>()
    const { shop, sessions, browser, handle, credential } = await siteOfAda()
    for (const method of ['GET', 'POST']) {
      const eve = browser()
      await eve.ask((session) => session.signIn('eve'))
      for (const encrypted of [true, false]) {
        const arrival = directArrival({ method, headers: { cookie: `__Host-sid=${eve.cookie('__Host-sid')}` } })
        const watched = {
          ...arrival,
          encrypted,
          header: (name: string) => {
            asked.add(name)
            return arrival.header(name)
          },
        }
        const opened = await sessions.open(watched)
        if (opened === null || 'refusal' in opened || !encrypted) continue
        await opened.exchange.session.stepUp()
      }
    }
    asked.delete('cookie')
    expect([...asked]).toEqual(expect.arrayContaining(['host', 'sec-fetch-site', 'user-agent']))
    for (const name of asked) {
      for (const value of [
        'ada',
        handle,
        credential,
        `__Host-sid=${credential}`,
        `{"user":"ada","handle":"${handle}"}`,
      ]) {
        expect(await whoIs(shop, { [name]: value })).toEqual(NOBODY)
      }
    }
  })
})
