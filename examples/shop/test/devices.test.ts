import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Browser, words } from './browser.js'
import { add, openShop, type ServedShop, signIn, signUp } from './open-shop.js'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let now = Date.UTC(2026, 0, 1)
let served: ServedShop
let phone: Browser
let desk: Browser
beforeEach(async () => {
  served = await openShop({ now: () => now })
  phone = served.browser(IPHONE)
  desk = served.browser(FIREFOX)
  await signUp(phone)
  now += 5 * 60_000
  await signIn(desk)
})
afterEach(() => served.close())

const handles = (page: string) =>
  [...page.matchAll(/name="handle" value="([^"]+)"/g)].map(([, handle]) => handle as string)

describe('the page of devices', () => {
  test('tells where the user is signed in, and marks this one (LC-15)', async () => {
    const page = words((await desk.get('/devices')).text)
    expect(page).toContain('Firefox on Linux This device Signed in just now , last seen just now .')
    expect(page).toContain('Safari on iPhone Signed in 5 minutes ago , last seen 5 minutes ago .')
    expect(page).toContain('Ends in 12 hours at the latest.')
  })

  test('signs out there (LC-15, LC-06)', async () => {
    const [handle = ''] = handles((await desk.get('/devices')).text)
    const seen = await desk.post('/devices/sign-out', { handle })
    expect(words(seen.text)).toContain('Signed out there.')
    expect(words(seen.text)).not.toContain('iPhone')
    expect((await phone.get('/devices')).path).toBe('/sign-in?next=%2Fdevices')
    expect((await desk.get('/devices')).path).toBe('/devices')

    const again = await desk.post('/devices/sign-out', { handle })
    expect(words(again.text)).toContain('Nobody was signed in there any more.')
  })

  test('signs out everywhere else', async () => {
    const third = served.browser('curl/8.9.1')
    await signIn(third)
    const seen = await desk.post('/devices/sign-out-elsewhere')
    expect(words(seen.text)).toContain('Signed out in 2 other places.')
    expect(seen.text).not.toContain('Sign out everywhere else')
    for (const gone of [phone, third]) expect((await gone.get('/devices')).path).toBe('/sign-in?next=%2Fdevices')
    expect((await desk.get('/devices')).path).toBe('/devices')
  })

  test('signs out nobody else, whatever handle is sent (LC-15)', async () => {
    const grace = served.browser()
    await signUp(grace, { name: 'Grace', email: 'grace@example.org' })
    for (const handle of [...handles((await desk.get('/devices')).text), '', 'no handle', '__proto__']) {
      expect(words((await grace.post('/devices/sign-out', { handle })).text)).toContain('Nobody was signed in there')
    }
    expect((await phone.get('/devices')).path).toBe('/devices')
  })

  test('signs out this very device by its handle as well', async () => {
    const [handle = ''] = handles((await phone.get('/devices')).text)
    expect((await desk.post('/devices/sign-out', { handle })).path).toBe('/sign-in?next=%2Fdevices')
    expect((await phone.get('/devices')).path).toBe('/devices')
  })

  test('asks a visitor to sign in, and ends nothing for them', async () => {
    const [handle = ''] = handles((await desk.get('/devices')).text)
    expect((await served.browser().post('/devices/sign-out', { handle })).path).toBe('/sign-in?next=%2Fdevices')
    expect((await served.browser().post('/devices/sign-out-elsewhere')).path).toBe('/sign-in?next=%2Fdevices')
    expect((await phone.get('/devices')).path).toBe('/devices')
  })

  test('shows nothing that opens a session (ID-15), and is kept by no cache and no back button', async () => {
    const seen = await desk.get('/devices')
    for (const { value } of [...phone.jar.cookies(), ...desk.jar.cookies()]) expect(seen.text).not.toContain(value)
    expect(seen.headers.get('cache-control')).toBe('no-store')
  })
})

test('a request that is under way while its user is signed out elsewhere changes nothing and says so (LC-06)', async () => {
  await add(phone, 'bell')
  // The form arrives in two halves; the session is read when the first is there.
  const form = 'sku=fid&quantity=1'
  const slow: ClientRequest = request(new URL('/cart', served.url), {
    method: 'POST',
    headers: {
      cookie: phone.jar.header() as string,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': form.length,
    },
  })
  const count = served.arrived.length
  slow.write(form.slice(0, 5))
  await vi.waitFor(() => served.shop.sessions.of(served.arrived[count] as IncomingMessage))
  await desk.post('/devices/sign-out-elsewhere')
  slow.end(form.slice(5))
  const [answer] = (await once(slow, 'response')) as [IncomingMessage]
  answer.setEncoding('utf8')
  let page = ''
  for await (const part of answer) page += part

  expect(answer.statusCode).toBe(409)
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(words(page)).toContain('You were signed out meanwhile')
  expect(words((await phone.get('/cart')).text)).toContain('Nothing in it yet.')
})

test('the user is signed out half an hour after the last click, give or take the minute that clicks are noted in (TM-01)', async () => {
  const ended: (string | null)[] = []
  served.shop.sessions.on('expired', ({ handle, reason }) => ended.push(handle, reason))
  const session = (await served.shop.sessions.all()).sessions.find(({ agent }) => agent === FIREFOX)
  now += 30 * 60_000
  expect((await desk.get('/devices')).path).toBe('/devices')
  now += 32 * 60_000
  expect((await desk.get('/devices')).path).toBe('/sign-in?next=%2Fdevices')
  expect(ended).toEqual([session?.handle, 'idle'])
})
