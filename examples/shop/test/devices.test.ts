import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, words } from './browser.js'
import { add, openShop, type ServedShop, signIn, signUp } from './open-shop.js'
import { slowPost } from './slow-post.js'

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
    const page = words((await desk.get('/account')).text)
    expect(page).toContain('Firefox on Linux This device Signed in just now , last seen just now .')
    expect(page).toContain('Safari on iPhone Signed in 5 minutes ago , last seen 5 minutes ago .')
    expect(page).toContain('Ends in 12 hours at the latest.')
  })

  test('signs out there (LC-15, LC-06)', async () => {
    const [handle = ''] = handles((await desk.get('/account')).text)
    const seen = await desk.post('/account/sign-out-there', { handle })
    expect(words(seen.text)).toContain('Signed out there.')
    expect(words(seen.text)).not.toContain('iPhone')
    expect((await phone.get('/account')).path).toBe('/sign-in?next=%2Faccount')
    expect((await desk.get('/account')).path).toBe('/account')

    const again = await desk.post('/account/sign-out-there', { handle })
    expect(words(again.text)).toContain('Nobody was signed in there any more.')
  })

  test('signs out everywhere else', async () => {
    const third = served.browser('curl/8.9.1')
    await signIn(third)
    const seen = await desk.post('/account/sign-out-elsewhere')
    expect(words(seen.text)).toContain('Signed out in 2 other places.')
    expect(seen.text).not.toContain('Sign out everywhere else')
    for (const gone of [phone, third]) expect((await gone.get('/account')).path).toBe('/sign-in?next=%2Faccount')
    expect((await desk.get('/account')).path).toBe('/account')
  })

  test('signs out nobody else, whatever handle is sent (LC-15)', async () => {
    const grace = served.browser()
    await signUp(grace, { name: 'Grace', email: 'grace@example.org' })
    for (const handle of [...handles((await desk.get('/account')).text), '', 'no handle', '__proto__']) {
      expect(words((await grace.post('/account/sign-out-there', { handle })).text)).toContain(
        'Nobody was signed in there',
      )
    }
    expect((await phone.get('/account')).path).toBe('/account')
  })

  test('signs out this very device by its handle as well', async () => {
    const [handle = ''] = handles((await phone.get('/account')).text)
    expect((await desk.post('/account/sign-out-there', { handle })).path).toBe('/sign-in?next=%2Faccount')
    expect((await phone.get('/account')).path).toBe('/account')
  })

  test('asks a visitor to sign in, and ends nothing for them', async () => {
    const [handle = ''] = handles((await desk.get('/account')).text)
    expect((await served.browser().post('/account/sign-out-there', { handle })).path).toBe('/sign-in?next=%2Faccount')
    expect((await served.browser().post('/account/sign-out-elsewhere')).path).toBe('/sign-in?next=%2Faccount')
    expect((await phone.get('/account')).path).toBe('/account')
  })

  test('shows nothing that opens a session (ID-15), and is kept by no cache and no back button', async () => {
    const seen = await desk.get('/account')
    for (const { value } of [...phone.jar.cookies(), ...desk.jar.cookies()]) expect(seen.text).not.toContain(value)
    expect(seen.headers.get('cache-control')).toBe('no-store')
  })
})

test('a request that is under way while its user is signed out elsewhere changes nothing and says so (LC-06)', async () => {
  await add(phone, 'bell')
  const end = await slowPost(served, phone, '/cart', 'sku=fid&quantity=1')
  await desk.post('/account/sign-out-elsewhere')
  const answer = await end()

  expect(answer.status).toBe(409)
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(words(answer.text)).toContain('You were signed out meanwhile')
  expect(words((await phone.get('/cart')).text)).toContain('Nothing in it yet.')
})

test('the user is signed out half an hour after the last click, give or take the minute that clicks are noted in (TM-01)', async () => {
  const ended: (string | null)[] = []
  served.shop.sessions.on('expired', ({ handle, reason }) => ended.push(handle, reason))
  const session = (await served.shop.sessions.all()).sessions.find(({ agent }) => agent === FIREFOX)
  now += 30 * 60_000
  expect((await desk.get('/account')).path).toBe('/account')
  now += 32 * 60_000
  expect((await desk.get('/account')).path).toBe('/sign-in?next=%2Faccount')
  expect(ended).toEqual([session?.handle, 'idle'])
})
