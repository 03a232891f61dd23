import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { memoryStore } from 'holdfast'
import { cookieJar, fakeClock } from 'holdfast/testing'
import { expect, test } from 'vitest'
import { createSessionsWith } from '../../src/create-sessions.js'
import { type Codec, FIRST_NUMBER, hashSecret } from '../../src/engine/credential.js'
import { cookieTransport } from '../../src/transport/cookie-transport.js'
import { browserOf, type Data, SECRET } from '../support/site.js'

/** The signed cookie of other libraries: `s:<id>.<HMAC>`, percent-encoded. The id is the secret, so it names no row itself. */
function signedCookie(secret: string): Codec {
  const sign = (id: string): string => createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')
  const handleOf = (id: string): string => createHash('sha256').update(`handle ${id}`).digest('base64url').slice(0, 22)
  return {
    renews: false,
    read(text) {
      const [, id, signature] =
        /^s:([\w-]{32})\.([\w+/]{43})$/.exec(text.replace(/%3A/i, ':').replace(/%2F/gi, '/').replace(/%2B/gi, '+')) ??
        []
      if (id === undefined || signature === undefined) return 'malformed'
      if (!timingSafeEqual(Buffer.from(sign(id)), Buffer.from(signature))) return 'tampered'
      return { handle: handleOf(id), number: FIRST_NUMBER, hash: hashSecret(id) }
    },
    mint() {
      const id = randomBytes(24).toString('base64url')
      return { handle: handleOf(id), secret: id }
    },
    issue: (_handle, _number, id) => encodeURIComponent(`s:${id}.${sign(id)}`),
    reissue: () => null,
  }
}

function site() {
  const clock = fakeClock()
  const store = memoryStore()
  const sessions = createSessionsWith<Data>(
    { secret: SECRET, store, now: () => clock.now(), log: () => undefined, sweep: false },
    {
      transport: (ring) =>
        cookieTransport(
          {},
          {
            ring,
            production: false,
            notice: () => undefined,
            foreign: { name: 'connect.sid', codec: signedCookie('keyboard cat') },
          },
        ),
    },
  )
  const jar = cookieJar({ origin: 'https://shop.test', now: () => clock.now() })
  return { clock, store, sessions, jar, ada: browserOf(sessions, clock, jar) }
}

test('visitors and users travel under its one name; whoever signs in gets another id', async () => {
  const { jar, ada } = site()
  await ada.ask((session) => {
    session.data.cart = ['rope']
  })
  const before = jar.value('connect.sid')
  expect(before).toMatch(/^s%3A[\w-]{32}\./)
  await ada.ask((session) => session.signIn('ada', { keep: ['cart'] }))
  expect(jar.cookies().map((cookie) => cookie.name)).toEqual(['connect.sid'])
  expect(jar.value('connect.sid')).not.toBe(before)
  expect(await ada.ask((session) => [session.user, session.data.cart])).toEqual(['ada', ['rope']])
})

test('LC-01 the id from before the sign-in opens nothing', async () => {
  const { sessions, clock, jar, ada } = site()
  await ada.ask((session) => {
    session.data.cart = ['rope']
  })
  const thief = browserOf(sessions, clock, jar.copy())
  await ada.ask((session) => session.signIn('ada', { keep: ['cart'] }))
  expect(await thief.ask((session) => [session.user, { ...session.data }])).toEqual([null, {}])
})

test('sign-out removes the one cookie, and a write after it sets it again', async () => {
  const { jar, ada } = site()
  await ada.ask((session) => session.signIn('ada'))
  const out = await ada.visit((session) => session.signOut())
  expect(out.cookies).toHaveLength(1)
  expect(jar.value('connect.sid')).toBeUndefined()
  await ada.ask((session) => session.signIn('ada'))
  const bye = await ada.visit(async (session) => {
    await session.signOut()
    session.data.note = 'bye'
  })
  expect(bye.cookies).toHaveLength(1)
  expect(await ada.ask((session) => [session.user, session.data.note])).toEqual([null, 'bye'])
})

test('it is never renewed, whatever its age', async () => {
  const { clock, ada } = site()
  await ada.ask((session) => session.signIn('ada'))
  for (let minute = 0; minute < 60; minute += 10) {
    clock.advance('10m')
    expect((await ada.visit((session) => session.renew())).cookies).toEqual([])
  }
  expect(await ada.ask((session) => session.user)).toBe('ada')
})

test('ID-08 the store holds nothing that signs anyone in; a changed signature is nobody’s', async () => {
  const { store, jar, ada, sessions, clock } = site()
  await ada.ask((session) => session.signIn('ada'))
  const id = decodeURIComponent(jar.value('connect.sid') ?? '').slice(2, 34)
  const { rows } = store.find({ user: 'ada' }, clock.now(), null, 10)
  const row = store.get(rows[0]?.handle ?? '')
  expect(JSON.stringify([rows, row])).not.toContain(id)
  const value = jar.value('connect.sid') ?? ''
  jar.take([`connect.sid=${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}; Path=/; Secure`])
  expect(await browserOf(sessions, clock, jar).ask((session) => session.user)).toBeNull()
})
