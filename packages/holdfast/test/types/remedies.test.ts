import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/built.js'
import { type Compiled, compile } from './compile.js'

/** A mistake, and what the compiler's message must hold: the remedy, or the names that there are. */
type Mistake = readonly [mistake: string, message: string]

const PRELUDE = `
  import { createSessions, memoryStore, type StandardSchema } from 'holdfast'
  const secret = 'x', store = memoryStore()
  const base = { secret, store }
  interface Data { cart: string[]; likes: number }
  const sessions = createSessions<Data>(base)
  const session = sessions.of({})
  export { secret, base, session }
`

const DATE = 'store date.toISOString() instead of a Date'
const MAP = 'store Object.fromEntries(map) instead of a Map'
const SET = 'store [...set] instead of a Set'
const FUNCTION = 'store plain data: functions and methods cannot be stored'
const PREFIX = "set prefix to '__Secure-' or '': a __Host- cookie has neither domain nor path"

const DATA: readonly Mistake[] = [
  ['createSessions<{ at: Date }>(base)', DATE],
  ['createSessions<{ at?: Date | null }>(base)', DATE],
  ['createSessions<{ at: string | Date }>(base)', DATE],
  ['createSessions<{ user: { seen: { at: Date }[] } }>(base)', DATE],
  ['createSessions<{ pair: [string, Date] }>(base)', DATE],
  ['createSessions<Record<string, Date>>(base)', DATE],
  ['interface Named { at: Date }; createSessions<Named>(base)', DATE],
  ['createSessions({ ...base, schema: {} as StandardSchema<{ at: Date }> })', DATE],
  ['createSessions<{ counts: Map<string, number> }>(base)', MAP],
  ['createSessions<{ counts: ReadonlyMap<string, number> }>(base)', MAP],
  ['createSessions<{ tags: Set<string> }>(base)', SET],
  ['createSessions<{ sum: bigint }>(base)', 'store String(value) instead of a bigint'],
  ['createSessions<{ then: () => void }>(base)', FUNCTION],
  ['class Cart { items = []; add() {} }; createSessions<{ cart: Cart }>(base)', FUNCTION],
  ['createSessions<{ kind: symbol }>(base)', 'store a string instead of a symbol'],
  ['createSessions<{ key: Uint8Array }>(base)', "store Buffer.from(bytes).toString('base64') instead of bytes"],
  ['createSessions<{ from: URL }>(base)', 'store url.href instead of a URL'],
]

const USER: readonly Mistake[] = [
  ['session.signIn(5)', 'a user id is text: pass String(id)'],
  ['session.signIn(5n)', 'a user id is text: pass String(id)'],
  ['session.signIn({} as string | number)', 'a user id is text: pass String(id)'],
  ['session.signIn(undefined)', 'there may be no user here: check for null and undefined first'],
  ['session.signIn({} as { id?: string }["id"])', 'there may be no user here: check for null and undefined first'],
  ['session.signIn({} as number | null)', 'there may be no user here: check for null and undefined first'],
]

const OPTIONS: readonly Mistake[] = [
  ['createSessions({ ...base, resave: false })', 'leave resave out: only changed fields are ever written'],
  [
    'createSessions({ ...base, saveUninitialized: false })',
    'leave saveUninitialized out: a visitor who writes nothing is never stored',
  ],
  ['createSessions({ ...base, rolling: true })', 'leave rolling out: timeouts.idle is extended by every request'],
  ["createSessions({ ...base, unset: 'destroy' })", 'leave unset out: call session.signOut()'],
  ["createSessions({ ...base, name: 'connect.sid' })", 'set cookie.user and cookie.visitor'],
  ['createSessions({ ...base, proxy: true })', 'set proxies to the number of proxies before this process'],
  ["createSessions({ ...base, genid: () => '1' })", 'leave genid out: ids are random'],
]

const COOKIE: readonly Mistake[] = [
  ['createSessions({ ...base, cookie: { maxAge: 60_000 } })', 'set timeouts: the server keeps the time'],
  ['createSessions({ ...base, cookie: { expires: new Date() } })', 'set timeouts: the server keeps the time'],
  ["createSessions({ ...base, cookie: { name: 'sid' } })", 'set user and visitor: there are two cookies'],
  ['createSessions({ ...base, cookie: { httpOnly: false } })', 'leave httpOnly out: it is always set'],
  ['createSessions({ ...base, cookie: { secure: false } })', 'leave secure out: it is always set'],
  ["createSessions({ ...base, cookie: { domain: 'shop.example' } })", PREFIX],
  ["createSessions({ ...base, cookie: { path: '/app' } })", PREFIX],
  ["createSessions({ ...base, cookie: { prefix: '__Host-', domain: 'shop.example' } })", PREFIX],
  ["createSessions({ ...base, cookie: { prefix: '__Host-Http-', path: '/app' } })", PREFIX],
]

const SESSION: readonly Mistake[] = [
  ['session.userId = 5', "Property 'userId' does not exist on type 'Session<Data>'"],
  ["session.user = 'ada'", "Cannot assign to 'user' because it is a read-only property"],
  ['session.data = {}', "Cannot assign to 'data' because it is a read-only property"],
  ['session.data.userId = 5', "Property 'userId' does not exist on type 'Partial<Data>'"],
  ["session.signIn('ada', { keep: ['crt'] })", `'"crt"' is not assignable to type '"cart" | "likes"'`],
  ["session.update('like', () => 1)", `'"like"' is not assignable to parameter of type '"cart" | "likes"'`],
  ["session.take('crt')", `'"crt"' is not assignable to parameter of type '"cart" | "likes"'`],
  ["session.read('crt')", `'"crt"' is not assignable to parameter of type '"cart" | "likes"'`],
]

const GROUPS = { data: DATA, users: USER, options: OPTIONS, cookies: COOKIE, session: SESSION }

let compiled: Compiled
beforeAll(async () => {
  build()
  const files: Record<string, string> = { 'prelude.ts': PRELUDE }
  for (const [group, mistakes] of Object.entries(GROUPS)) {
    for (const [index, [mistake]] of mistakes.entries()) files[`${group}-${index}.ts`] = `${PRELUDE}\n${mistake}\n`
  }
  compiled = await compile(files)
})

describe("the compiler's message shows what to do instead", () => {
  test('of nothing, where there is no mistake', () => {
    expect(compiled.of('prelude.ts')).toBe('')
    expect(compiled.elsewhere).toBe('')
  })

  describe.each(Object.entries(GROUPS))('%s', (group, mistakes) => {
    test.each(mistakes.map((mistake, index) => [...mistake, index] as const))('%s', (_mistake, message, index) => {
      const said = compiled.of(`${group}-${index}.ts`)
      expect(said).toContain(message)
      expect(said.match(/error TS\d+/g)).toHaveLength(1)
    })
  })
})

describe('the data registered once', () => {
  const USE = `
    import { createSessions, memoryStore, type Session } from 'holdfast'
    export const session = createSessions({ secret: 'x', store: memoryStore() }).of({})
  `

  test('is known everywhere without a name', async () => {
    const { output } = await compile({
      'register.ts': `declare module 'holdfast' { interface Register { data: { cart: string[] } } }\nexport {}`,
      'use.ts': `${USE}
        const cart: string[] | undefined = session.data.cart
        session.data.cart?.push('a')
        session.signIn('ada', { keep: ['cart'] })
        // @ts-expect-error: no such field was registered
        session.data.likes
        // @ts-expect-error: no such field was registered
        session.signIn('ada', { keep: ['likes'] })
        export const same: Session<{ cart: string[] }> = session
        export { cart }
      `,
    })
    expect(output).toBe('')
  })

  test('is any field where nothing was registered, and none is taken for granted', async () => {
    const { output } = await compile({
      'use.ts': `${USE}
        session.data.anything = { of: ['any', 'kind'] }
        // @ts-expect-error: it must be looked at first
        session.data.anything.of
        export const same: Session<Record<string, unknown>> = session
      `,
    })
    expect(output).toBe('')
  })

  test('shows the remedy where it is used, if JSON cannot hold it', async () => {
    const said = await compile({
      'register.ts': `declare module 'holdfast' { interface Register { data: { at: Date; likes: number } } }\nexport {}`,
      'use.ts': `${USE}\nsession.data.likes = 1\nsession.data.at = new Date()\n`,
    })
    expect(said.of('use.ts')).toContain(DATE)
    expect(said.elsewhere).toBe('')
  })
})
