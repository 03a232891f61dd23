import { strict as assert } from 'node:assert'
import { inspect } from 'node:util'
import type { Sessions } from '../../engine/sessions.js'
import type { Arrival } from '../../engine/wire.js'
import { send } from './client.js'
import { cookieNames, type Declare, type KitData, type Route } from './fixture.js'

/** Where a credential is read, and where it must never be. */
export function testCredentials(test: Declare): void {
  test('a credential counts in the cookie alone, under its own name to the letter (CK-16, ID-14)', async ({ open }) => {
    const form: Route = { method: 'POST', path: '/form', handle: ({ user }) => ({ body: user ?? 'nobody' }) }
    const app = await open([form])
    const browser = app.browser()
    await browser.post('/in')
    const { user } = app.names
    const sid = browser.jar.value(user) ?? ''
    const others = [user.toUpperCase(), user === 'sid' ? '__Host-sid' : 'sid', `x${user}`, app.names.visitor]
    const elsewhere: [string, Record<string, string>?, string?][] = [
      [`/me?${user}=${sid}`],
      [`/me?cookie=${user}=${sid}`],
      ['/me', { authorization: `Bearer ${sid}` }],
      ['/me', { 'x-session-id': sid, [user]: sid, 'set-cookie': `${user}=${sid}`, cookie2: `${user}=${sid}` }],
      ['/me', { cookie: others.map((name) => `${name}=${sid}`).join('; ') }],
      ['/form', { 'content-type': 'application/x-www-form-urlencoded' }, `${user}=${sid}`],
    ]
    assert.equal((await send(app, '/me', { headers: { cookie: `${user}=${sid}` } })).body, 'ada')
    for (const [path, headers = {}, body] of elsewhere) {
      const answer = await send(app, path, {
        headers,
        ...(body === undefined ? {} : { method: 'POST', body }),
      })
      assert.equal(answer.body, 'nobody', `${path} ${JSON.stringify(Object.keys(headers))}`)
      assert.deepEqual(answer.cookies, [])
    }
  })

  test('several lines of Cookie are one (CR-03)', async ({ open }) => {
    const app = await open()
    const browser = app.browser()
    await browser.post('/in')
    const { user } = app.names
    const lines = ['other=1', `${user}=${browser.jar.value(user)}`, 'another=2']
    assert.equal((await send(app, '/me', { headers: { cookie: lines } })).body, 'ada')
  })

  test('a secret reaches the client in Set-Cookie alone (ID-15)', async ({ open }) => {
    const dump: Route = {
      method: 'GET',
      path: '/dump',
      handle: (session) => ({
        headers: [['X-Session', JSON.stringify(session)]],
        body: `${JSON.stringify(session)} ${inspect(session, { depth: 9, showHidden: true })} ${String(session.handle)}`,
      }),
    }
    const broken: Route = {
      method: 'POST',
      path: '/broken',
      async handle(session) {
        await session.stepUp()
        throw new Error(inspect(session, { depth: 9, showHidden: true }))
      },
    }
    const stale: Route = {
      method: 'POST',
      path: '/stale',
      async handle(session) {
        const { data } = session
        await session.stepUp()
        return { body: data.note ?? '' }
      },
    }
    const browser = (await open([dump, broken, stale])).browser()
    const answers = []
    for (const path of ['/note', '/in', '/broken', '/stale', '/out']) {
      answers.push(await browser.post(path))
      for (const page of ['/dump', '/me', '/nowhere']) answers.push(await browser.get(page))
    }
    const secrets = answers
      .flatMap((answer) => answer.cookies)
      .map((line) => line.slice(line.indexOf('=') + 1).split(';', 1)[0] ?? '')
      .filter((value) => value !== '')
    assert.ok(secrets.length >= 2)
    for (const answer of answers) {
      for (const secret of secrets) assert.ok(!`${answer.head}\n${answer.body}`.includes(secret))
    }
  })

  test('no header that is read says who somebody is (ID-16)', async ({ open }) => {
    const read = new Set<string>()
    const app = await open([], { between: (sessions) => listening(sessions, read) })
    const browser = app.browser()
    await browser.post('/note')
    await browser.post('/in')
    const { user } = app.names
    const sid = browser.jar.value(user) ?? ''
    assert.ok(read.has('cookie') && read.size > 3)
    for (const name of [...read].filter((one) => one !== 'cookie')) {
      for (const value of ['ada', sid, `${user}=${sid}`, '127.0.0.1', 'https', 'true', '1']) {
        const headers = { host: '127.0.0.1', [name]: value }
        const answer = await send(app, '/me', { headers })
        assert.notEqual(answer.body, 'ada', name)
        assert.deepEqual(answer.cookies, [], name)
      }
    }
  })

  test('behind a proxy that is believed the cookies are of the host alone, and Secure (CK-01, CK-04)', async ({
    open,
  }) => {
    const app = await open([], { proxies: 1 })
    const headers = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
      'x-forwarded-for': '203.0.113.7',
      origin: 'https://shop.example',
    }
    const answer = await send(app, '/in', { method: 'POST', headers })
    assert.deepEqual(cookieNames(answer.cookies).set, ['__Host-sid'])
    const line = answer.cookies.find((cookie) => cookie.startsWith('__Host-sid=')) ?? ''
    assert.match(line, /; *Secure/i)
    assert.match(line, /; *Path=\/(;|$)/i)
    assert.doesNotMatch(line, /Domain/i)
    const [session] = await app.sessions.list('ada')
    assert.equal(session?.user, 'ada')
  })
}

/** Notes the name of every header that the engine asks an adapter for. */
function listening(sessions: Sessions<KitData>, read: Set<string>): Sessions<KitData> {
  return {
    ...sessions,
    open(arrival, wire) {
      const noted: Arrival = Object.create(arrival, {
        header: {
          value: (name: string) => {
            read.add(name)
            return arrival.header(name)
          },
        },
        encrypted: { get: () => arrival.encrypted },
        peer: { get: () => arrival.peer },
      })
      return sessions.open(noted, wire)
    },
  }
}
