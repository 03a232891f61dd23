import { strict as assert } from 'node:assert'
import { createSessions } from '../../create-sessions.js'
import type { Awaitable } from '../../engine/row.js'
import { memoryStore } from '../../stores/memory.js'
import { cookieFor } from '../cookie-for.js'
import { cookieJar } from '../jar.js'
import { type Answered, send } from './client.js'
import { type App, cookieNames, type Declare, type KitData, type Route } from './fixture.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const OTHER_SECRET = 'Qe7Yb2Mn9Xc4Vt1Rz6Kp8Lw3Sd5Hf0JgUuAaOoIiEqTw'

/** Cookies as they are written, and everything that a client can put in their place. */
export function testCookies(test: Declare): void {
  test('every session cookie is Secure, HttpOnly, of this host alone and for this visit (CK-01, CK-02, CK-03, CK-04, CK-11, CK-14)', async ({
    open,
  }) => {
    let now = Date.now()
    const up: Route = { method: 'POST', path: '/up', handle: (session) => done(session.stepUp()) }
    const app = await open([up], { proxies: 1, now: () => now })
    const jar = cookieJar({ origin: 'https://shop.example', now: () => now })
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' }
    const seen: string[] = []
    for (const path of ['/note', '/in', '/up', '/note', '/out']) {
      // Long enough for a renewal.
      now += 16 * 60_000
      const cookie = jar.header('/')
      const answer = await send(app, path, {
        method: 'POST',
        headers: { ...headers, 'sec-fetch-site': 'same-origin', ...(cookie === undefined ? {} : { cookie }) },
      })
      for (const line of answer.cookies) {
        const [pair = '', ...parts] = line.split(/; */)
        const [name = '', value = ''] = pair.split('=')
        const attributes = parts.map((part) => part.toLowerCase())
        assert.match(name, /^__Host-[sv]id$/)
        for (const needed of ['path=/', 'secure', 'httponly', 'samesite=lax'])
          assert.ok(attributes.includes(needed), line)
        const lifetime = attributes.filter((one) => /^(max-age|expires)=/.test(one))
        if (value !== '') assert.deepEqual(lifetime, [], line)
        assert.ok(!attributes.some((one) => one.startsWith('domain')), line)
        seen.push(value === '' ? `no ${name}` : name)
      }
      assert.deepEqual(jar.take(answer.cookies, '/'), [])
    }
    assert.deepEqual(new Set(seen), new Set(['__Host-sid', '__Host-vid', 'no __Host-sid', 'no __Host-vid']))
    // Sign-in, step-up and renewal.
    assert.equal(seen.filter((name) => name === '__Host-sid').length, 3)
    assert.deepEqual(jar.cookies(), [])
  })

  test('a request that does all there is sets each name once, and repeats no attribute (CK-09)', async ({ open }) => {
    const all: Route = {
      method: 'POST',
      path: '/all',
      async handle(session) {
        session.data.note = 'of a visitor'
        await session.commit()
        await session.signIn('ada')
        await session.stepUp()
        await session.signOut()
        session.data.note = 'signed out'
        return { body: 'done' }
      },
    }
    const app = await open([all])
    const browser = app.browser()
    const { cookies } = await browser.post('/all')
    assert.deepEqual(cookieNames(cookies), { set: [app.names.visitor], cleared: [app.names.user] })
    for (const line of cookies) {
      const names = line.split(/; */).map((part) => part.split('=', 1)[0]?.toLowerCase())
      assert.equal(new Set(names).size, names.length, line)
    }
    assert.equal((await browser.get('/note')).body, 'signed out')
  })

  test('the cookie of a user and that of a visitor are independent of each other', async ({ open, store }) => {
    const app = await open()
    const [ada, guest] = [app.browser(), app.browser()]
    await ada.post('/in')
    await ada.post('/note')
    await guest.post('/note')
    const acts = store.acts.length
    const { user, visitor } = app.names
    const cookie = `${user}=${ada.jar.value(user)}; ${visitor}=${guest.jar.value(visitor)}`
    assert.equal((await send(app, '/me', { headers: { cookie } })).body, 'ada')
    // The visitor's was not even asked for.
    assert.deepEqual(store.acts.slice(acts), ['get'])
  })

  test('of blanks around a name only space and tab are nothing (CR-01)', async ({ open }) => {
    const { ask, named } = await signedIn(await open())
    assert.equal((await ask(`a=1;\t ${named('ada')};b=2`)).body, 'ada')
    for (const blank of ['\u00a0', '\u0085', '\u00e2\u0080\u0080', '\u00ef\u00bb\u00bf']) {
      assert.equal((await ask(`a=1; ${blank}${named('ada')}`)).body, 'nobody')
      assert.equal((await ask(`a=1; ${named('ada').replace('=', `${blank}=`)}`)).body, 'nobody')
      assert.equal((await ask(`${named('ada')}${blank}`)).body, 'nobody')
    }
  })

  test('of two cookies of one name the order says nothing (CR-02)', async ({ open }) => {
    const app = await open()
    const { ask, named } = await signedIn(app)
    const reasons: string[] = []
    app.sessions.on('refused', ({ reason }) => reasons.push(reason))
    const bad = `${app.names.user}=bad`
    assert.equal((await ask(`${bad}; ${named('ada')}`)).body, 'ada')
    assert.equal((await ask(`${named('ada')}; ${bad}`)).body, 'ada')
    assert.deepEqual(reasons, [])
    for (const cookie of [`${named('ada')}; ${named('eve')}`, `${named('eve')}; ${named('ada')}`]) {
      const answer = await ask(cookie)
      assert.equal(answer.body, 'nobody')
      assert.deepEqual(answer.cookies, [])
    }
    assert.deepEqual(reasons, ['twice', 'twice'])
  })

  test('junk passes for nothing, and means nothing (CR-04, CR-05, CR-07)', async ({ open }) => {
    const { ask, named } = await signedIn(await open())
    const [name = '', value = ''] = named('ada').split('=')
    for (const cookie of [
      `=${named('ada')}`,
      `${name}${value}`,
      `;;=;${name}`,
      `"${named('ada')}"`,
      `$${named('ada')}`,
    ]) {
      assert.equal((await ask(cookie)).body, 'nobody', cookie.replace(value, '…'))
    }
    for (const odd of ['%E0%A4%A', '%00', '__proto__', 'constructor', '"', '"a', '{}', 'j:{"user":"ada"}']) {
      assert.equal((await ask(`${name}=${odd}`)).body, 'nobody', odd)
      assert.equal((await ask(`${odd}=1; ${named('ada')}`)).body, 'ada', odd)
    }
    const answer = await ask(`$Version=1; x="a; ${named('ada')}; b"; $Path=/`)
    assert.equal(answer.body, 'ada')
    assert.doesNotMatch(answer.head, /version|\$path/i)
    assert.deepEqual(answer.cookies, [])
  })

  test('among as many and as large cookies as there can be, the session is found (CR-06)', async ({ open }) => {
    const { ask, named } = await signedIn(await open())
    for (const filler of [many(200, 8), many(200, 60), many(1, 14_000), ';'.repeat(8_000), '='.repeat(8_000)]) {
      assert.equal((await ask(`${filler}; ${named('ada')}`)).body, 'ada')
      assert.equal((await ask(`${named('ada')}; ${filler}`)).body, 'ada')
    }
  })

  test('a cookie that cannot be read, is over, or of another key makes a visitor (CR-08, PL-14)', async ({
    open,
    store,
  }) => {
    let now = Date.now()
    const app = await open([], { now: () => now })
    const { ask, named } = await signedIn(app)
    const [name = '', value = ''] = named('ada').split('=')
    const other = createSessions<KitData>({ secret: OTHER_SECRET, store: memoryStore(), sweep: false, log: ignore })
    const foreign = (await cookieFor(other, 'ada', { url: app.url })).cookie ?? ''
    await other.close()
    const values = [...value].flatMap((char, at) => {
      const flipped = ALPHABET[(ALPHABET.indexOf(char) ^ 1) % ALPHABET.length] ?? ''
      return [value.slice(0, at), `${value.slice(0, at)}${flipped}${value.slice(at + 1)}`]
    })
    const bad = [foreign, `${named('ada')}A`, ...values.map((one) => `${name}=${one}`)]
    const created = store.acts.filter((act) => act === 'create').length
    const refuses = async (cookie: string): Promise<void> => {
      const answer = await ask(cookie)
      assert.equal(answer.status, 401, cookie)
      assert.deepEqual(answer.cookies, [])
    }
    for (let at = 0; at < bad.length; at += 20) await Promise.all(bad.slice(at, at + 20).map(refuses))
    assert.equal((await ask(named('ada'))).body, 'ada')
    now += 13 * 3_600_000
    await refuses(named('ada'))
    assert.equal(store.acts.filter((act) => act === 'create').length, created)
  })

  test('time alone puts no cookie on an answer, nor on one that is not modified (PL-03)', async ({ open, store }) => {
    let now = Date.now()
    const plain: Route = { method: 'GET', path: '/plain', handle: () => ({ body: 'for everybody' }) }
    const same: Route = { method: 'GET', path: '/same', handle: () => ({ status: 304, headers: [['ETag', '"1"']] }) }
    const app = await open([plain, same], { now: () => now })
    const browser = app.browser()
    await browser.post('/in')
    for (const path of ['/plain', '/same', '/plain', '/same']) {
      // It is time to write down that the session was seen, and it is.
      now += 120_000
      const acts = store.acts.length
      const answer = await browser.get(path)
      assert.deepEqual(answer.cookies, [])
      assert.equal(answer.header('cache-control'), undefined)
      assert.equal(answer.header('vary'), undefined)
      assert.deepEqual(store.acts.slice(acts), ['get', 'patch'])
    }
  })

  test('over plain http no session starts, but on this very machine; a header does not make it https (PL-04)', async ({
    open,
    store,
  }) => {
    const app = await open()
    const encrypted = app.url.startsWith('https:')
    const strangers: Record<string, string>[] = [
      { host: 'shop.example' },
      { 'x-forwarded-proto': 'https' },
      { 'x-forwarded-proto': 'http' },
      { 'x-forwarded-for': '127.0.0.1', forwarded: 'proto=https' },
    ]
    for (const headers of strangers) {
      const created = store.acts.filter((act) => act === 'create').length
      for (const path of ['/in', '/note']) {
        const answer = await send(app, path, { method: 'POST', headers })
        if (encrypted) assert.match(answer.cookies.join(), /__Host-[sv]id=[^;]+; .*Secure/)
        else assert.deepEqual([answer.status, answer.cookies], [500, []])
      }
      const rows = store.acts.filter((act) => act === 'create').length - created
      assert.equal(rows > 0, encrypted)
    }
  })
}

/** Asks who somebody is, with a `Cookie` header written by hand; `ada` and `eve` are signed in. */
async function signedIn(
  app: App,
): Promise<{ ask(cookie: string): Promise<Answered>; named(user: 'ada' | 'eve'): string }> {
  const pair = async (user: string): Promise<string> =>
    (await cookieFor(app.sessions, user, { url: app.url })).cookie ?? ''
  const pairs = { ada: await pair('ada'), eve: await pair('eve') }
  return { ask: (cookie) => send(app, '/me', { headers: { cookie } }), named: (user) => pairs[user] }
}

function many(count: number, size: number): string {
  return Array.from({ length: count }, (_, n) => `c${n}=${'x'.repeat(size)}`).join('; ')
}

async function done(act: Awaitable<unknown>): Promise<{ body: string }> {
  await act
  return { body: 'done' }
}

function ignore(): void {}
