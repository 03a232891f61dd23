import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { memoryStore, type Row, type Store } from 'holdfast'
import { sqliteStore } from 'holdfast/sqlite'
import { direct } from 'holdfast/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { codecOf, handedOut, partsOf } from '../support/credentials.js'
import { type Browser, browserOf, SECRET, type Site, site } from '../support/site.js'
import { spiedStore } from '../support/spied-store.js'

const QUARTER = '16m'

/** Everything that can happen to a session, once. Answers what was handed out, and what was said to anybody but the jar. */
async function life(shop: Site): Promise<{ credentials: string[]; said: unknown[] }> {
  const credentials: string[] = []
  const said: unknown[] = []
  const ask = async (who: Browser, handler: Parameters<Browser['visit']>[0]): Promise<void> => {
    const outcome = await who.visit(async (session) => {
      try {
        await handler(session)
      } catch (error) {
        const { message, stack, cause } = error as Error
        said.push(error, inspect(error), JSON.stringify(error), message, stack, cause)
      }
      said.push(inspect(session, { depth: 9, showHidden: true }), JSON.stringify(session), String(session.handle))
      said.push(inspect(session.data), JSON.stringify(session.data), inspect(session.auth))
    })
    credentials.push(...handedOut(outcome.cookies))
    const { cookies: _apart, ...rest } = outcome
    said.push(rest.refusal ?? { ...rest.answer, cookies: [] })
  }
  const ada = shop.browser()
  await ask(ada, (session) => {
    session.data.cart = ['rope']
  })
  await ask(ada, (session) => session.signIn('ada', { keep: ['cart'], methods: ['pwd'], link: 'idp 1' }))
  const thief = browserOf(shop.sessions, shop.clock, ada.jar.copy())
  await ask(ada, (session) => session.stepUp({ methods: ['otp'], level: 2 }))
  shop.clock.advance(QUARTER)
  await ask(ada, (session) => session.update('likes', (likes) => (likes ?? 0) + 1))
  const former = browserOf(shop.sessions, shop.clock, ada.jar.copy())
  await ask(ada, (session) => session.data.cart?.push('hook'))
  await ask(thief, (session) => session.signOut())
  for (const one of [ada, shop.browser()]) await ask(one, (session) => session.signIn('ada'))
  shop.clock.advance(QUARTER)
  await ask(ada, (session) => session.renew())
  await ask(ada, (session) => session.credentialsChanged())
  await ask(former, (session) => session.stepUp())
  await ask(ada, (session) => Object.assign(session, { userId: 5 }))
  await ask(ada, (session) => Object.assign(session.data, { when: new Date() }))
  await ask(ada, (session) => session.signIn('bob', { keep: ['cart'] }))
  said.push(await shop.sessions.list('ada'), await shop.sessions.all())
  await ask(ada, (session) => {
    session.data.note = 'unwritten'
    return session.signOut()
  })
  await ask(former, (session) => session.user)
  for (const [name, events] of Object.entries(shop.events)) said.push(name, events)
  said.push(shop.notices, inspect(shop.sessions, { depth: 9, showHidden: true }))
  return { credentials, said }
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

test('ID-06 the default names say nothing of this library, nor of a framework', async () => {
  const { browser } = site()
  const { cookies } = await browser().visit((session) => session.signIn('ada'))
  const names = cookies.map((line) => line.split('=', 1)[0] ?? '')
  expect(names).toEqual(['__Host-sid', '__Host-vid'])
  const telling =
    /holdfast|connect|express|koa|fastify|php|java?session|jsession|asp|laravel|django|flask|rails|rack|next/i
  for (const name of names) expect(name).not.toMatch(telling)
})

describe('ID-13 ID-15 over everything that can happen to a session', () => {
  test('no credential, secret or tag is in a log, an error, an event, an inspected object, a debug line or a body', async () => {
    vi.stubEnv('NODE_DEBUG', 'holdfast')
    const printed: unknown[] = []
    for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
      vi.spyOn(console, method).mockImplementation((...args) => void printed.push(args))
    }
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0)
    }
    const spied = spiedStore()
    const shop = site({ store: spied.store, secret: SECRET })
    // The answer to every other patch is lost, so that each is sent again and errors of the store are said.
    let patches = 0
    spied.fault = ({ act }) => {
      if (act === 'patch') patches += 1
      return act === 'patch' && patches % 2 === 1 ? 'lose' : undefined
    }
    const { credentials, said } = await life(shop)
    vi.restoreAllMocks()
    expect(credentials.length).toBeGreaterThanOrEqual(7)
    for (const name of [
      'signed-in',
      'stepped-up',
      'renewed',
      'signed-out',
      'revoked',
      'dropped',
      'refused',
      'store',
    ] as const) {
      expect(shop.events[name], name).not.toEqual([])
    }
    expect(JSON.stringify(printed)).toContain('HOLDFAST ')
    const everything = inspect([printed, said], {
      depth: 12,
      maxArrayLength: null,
      maxStringLength: null,
      showHidden: true,
    })
    const handles = credentials.map((text) => partsOf(text).handle)
    expect(
      handles.some((handle) => everything.includes(handle)),
      'handles may be shown',
    ).toBe(true)
    for (const needle of [SECRET, ...credentials.flatMap((text) => [text, partsOf(text).secret, partsOf(text).tag])]) {
      expect(everything.includes(needle)).toBe(false)
    }
  })

  test('refusals and answers hold none either: it leaves in Set-Cookie alone', async () => {
    const spied = spiedStore()
    const { browser } = site({ store: spied.store })
    const ada = browser()
    const { cookies } = await ada.visit((session) => session.signIn('ada'))
    const [credential = ''] = handedOut(cookies)
    spied.fault = ({ act }) => (act === 'patch' ? 'fail' : undefined)
    const outcome = await ada.visit((session) => {
      session.data.note = credential
    })
    expect(outcome).toMatchObject({ refusal: { status: 503 }, cookies: [] })
    const { status, headers, body } = outcome.refusal as NonNullable<typeof outcome.refusal>
    const text = JSON.stringify([status, headers, body])
    for (const needle of Object.values(partsOf(credential)).filter((part) => part.length > 4))
      expect(text).not.toContain(needle)
    expect(Object.keys(headers)).toEqual(['content-type', 'cache-control', 'retry-after'])
  })
})

describe('ID-08 who can read the whole store', () => {
  /** Every text in a row, and what is put together in its texts. */
  const textsOf = (row: Row): string[] => {
    const texts = [row.handle, row.facts, row.keys, ...row.fields.keys(), ...row.fields.values(), ...row.ops]
    if (row.ended !== null) texts.push(row.ended.by, row.ended.successor ?? '')
    return texts.flatMap((text) => [
      text,
      ...(text.match(/[\w-]{43}/g) ?? []),
      ...(text.match(/[\w-]{22}/g) ?? []),
      text.slice(1, 44),
    ])
  }

  async function signedInTwice(store: Store) {
    // What is presented must not end the session, or all that follows would prove nothing.
    const shop = site({ store, renewal: { onReuse: 'report' } })
    const rows = new Map<string, Row>()
    const ada = shop.browser()
    const credentials: string[] = []
    const step = async (handler: Parameters<Browser['visit']>[0]) => {
      credentials.push(...handedOut((await ada.visit(handler)).cookies))
      for (const text of credentials) {
        const row = await store.get(partsOf(text).handle, shop.clock.now())
        if (row !== null) rows.set(row.handle, row)
      }
    }
    await step((session) => {
      session.data.cart = ['rope']
    })
    await step((session) => session.signIn('ada', { keep: ['cart'] }))
    await step((session) => session.stepUp())
    shop.clock.advance(QUARTER)
    await step((session) => session.user)
    expect(credentials).toHaveLength(4)
    return { shop, ada, credentials, rows: [...rows.values()] }
  }

  test('can sign in with nothing that is in it: not as it stands, not encoded, not dressed as a credential', async () => {
    const { shop, ada, rows, credentials } = await signedInTwice(memoryStore())
    const texts = new Set(rows.flatMap(textsOf))
    const keyId = partsOf(credentials[0] ?? '').keyId
    expect(texts.size).toBeGreaterThan(20)
    for (const text of texts) {
      const filled = text.padEnd(43, 'A').slice(0, 43)
      const dressed = rows.flatMap((row) =>
        ['0001', '0002'].flatMap((number) => [
          `1${keyId}${row.handle}${number}${filled}${filled}`,
          // Even with the key that signs: what is stored is not the secret.
          codecOf('__Host-sid').issue(row.handle, Number.parseInt(number, 36), filled),
        ]),
      )
      for (const value of [text, Buffer.from(text).toString('base64'), encodeURIComponent(text), ...dressed]) {
        const headers = { cookie: `__Host-sid=${value}; __Host-vid=${value}` }
        const outcome = await direct(shop.sessions, { headers }, (session) => session.handle)
        if (outcome.refusal !== null) throw outcome.refusal.error
        expect(outcome.result).toBeNull()
      }
    }
    expect(await ada.ask((session) => session.user)).toBe('ada')
  })

  test('finds no secret in the rows, nor in the bytes of a SQLite file and its log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    const store = sqliteStore(join(folder, 'sessions.db'))
    try {
      const { rows, credentials } = await signedInTwice(store)
      const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
      expect(bytes.includes(rows[0]?.handle ?? '?')).toBe(true)
      const everything = JSON.stringify(rows.map((row) => [...textsOf(row)]))
      for (const text of credentials) {
        const { secret, tag } = partsOf(text)
        for (const needle of [text, secret, tag]) {
          expect(bytes.includes(needle)).toBe(false)
          expect(bytes.includes(Buffer.from(needle, 'base64url'))).toBe(false)
          expect(everything).not.toContain(needle)
        }
      }
    } finally {
      await store.close()
      rmSync(folder, { recursive: true })
    }
  })
})
