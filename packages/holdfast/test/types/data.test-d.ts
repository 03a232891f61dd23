/** Checked by the compiler: `Data` is named once, and known without a cast wherever it flows. */
import {
  type Auth,
  createSessions,
  type EventMap,
  memoryStore,
  type Session,
  type SessionInfo,
  type Sessions,
  type SignedIn,
  type StandardSchema,
} from 'holdfast'
import { cookieFor } from 'holdfast/testing'
import { typeOf } from './type-of.js'

interface Item {
  sku: string
  count: number
}

interface Data {
  cart: Item[]
  likes: number
  theme?: 'light' | 'dark'
  seen: { page: string; at: string } | null
}

const secret = 'a text of 32 random bytes'
const store = memoryStore()
const sessions = createSessions<Data>({ secret, store })
typeOf(sessions).is<Sessions<Data>>()

export async function handler(request: object): Promise<void> {
  const session = sessions.of(request)
  typeOf(session).is<Session<Data>>()

  const { data } = session
  typeOf(data.cart).is<Item[] | undefined>()
  typeOf(data.theme).is<'light' | 'dark' | undefined>()
  ;(data.cart ??= []).push({ sku: 'a', count: 1 })
  data.seen = null
  delete data.likes
  // @ts-expect-error: not a theme
  data.theme = 'blue'
  // @ts-expect-error: not an item
  data.cart.push({ sku: 'a' })

  typeOf(session.read('cart')).is<readonly Item[] | undefined>()
  typeOf(session.read('likes')).is<number | undefined>()
  // @ts-expect-error: it is frozen
  session.read('cart')?.push({ sku: 'a', count: 1 })

  typeOf(await session.update('likes', (likes) => (likes ?? 0) + 1)).is<number | undefined>()
  await session.update('cart', async (cart) => {
    typeOf(cart).is<Item[] | undefined>()
    return undefined
  })
  // @ts-expect-error: a number is not a text
  await session.update('likes', (likes) => String(likes))

  typeOf(await session.take('seen')).is<{ page: string; at: string } | null | undefined>()
  typeOf(await session.commit()).is<'applied' | 'dropped' | 'nothing'>()

  await session.signIn('ada', { keep: ['cart', 'theme'], methods: ['pwd'], level: 2, timeouts: { idle: '5m' } })
  await session.signIn(await sessions.beginSignIn('ada'), { keep: ['cart'] })
}

export async function devices(session: Session<Data>): Promise<SessionInfo[]> {
  typeOf(session.user).is<string | null>()
  typeOf(session.handle).is<string | null>()
  typeOf(session.auth).is<Auth | null>()
  if (!session.isSignedIn()) return []
  typeOf(session.user).is<string>()
  typeOf(session.handle).is<string>()
  typeOf(session.auth).is<Auth>()
  typeOf(session.data.likes).is<number | undefined>()
  const signedIn: SignedIn<Data> = session
  await sessions.revoke({ user: signedIn.user, except: signedIn.handle })
  typeOf((await sessions.all()).sessions).is<SessionInfo[]>()
  return sessions.list(session.user)
}

/** A part of an app asks only for what it needs, and takes the session of the whole app. */
export function total(session: Session<{ cart: Item[] }>): number {
  return session.read('cart')?.reduce((sum, { count }) => sum + count, 0) ?? 0
}
export const ofOne = (request: object): number => total(sessions.of(request))
export const signOutEverywhere = (any: Sessions<object>): Promise<unknown> => any.revoke({ user: 'ada' })
signOutEverywhere(sessions)
export const likesOf = <Any extends { likes: number }>(session: Session<Any>): number => session.data.likes ?? 0
likesOf(sessions.of({}))

// Events have the shape that belongs to their name.
const off = sessions.on('signed-in', (event) => typeOf(event.from).is<string | null>())
typeOf(off).is<() => void>()
sessions.on('stepped-up', (event) => typeOf(event.from).is<string>())
sessions.on('revoked', (event) => typeOf(event.by).is<EventMap['revoked']['by']>())
sessions.on('expired', (event) => typeOf(event.reason).is<'idle' | 'absolute'>())
sessions.on('dropped', (event) => typeOf(event.fields).is<readonly string[]>())
sessions.on('overlapped', (event) => typeOf(event.field).is<string>())
sessions.on('refused', (event) => typeOf(event.handle).is<string | null>())
sessions.on('store', (event) => typeOf(event.error).is<unknown>())
// @ts-expect-error: there is no such event
sessions.on('signedIn', () => {})
// @ts-expect-error: a renewal comes from no other row
sessions.on('renewed', (event) => event.from)

// A schema stands for the type.
declare const schema: StandardSchema<{ cart: Item[]; theme?: 'light' | 'dark' | undefined }>
const inferred = createSessions({ secret, store, schema })
typeOf(inferred.of({}).data.cart).is<Item[] | undefined>()
typeOf(inferred.of({}).data.theme).is<'light' | 'dark' | undefined>()
// @ts-expect-error: the schema knows no such field
inferred.of({}).data.likes

// Both kinds of type, and every shape that JSON has.
type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
interface Tree {
  branches: Tree[]
  label?: string
}
type Shapes = {
  alias: { nested: { deeply: string[][] } }
  tuple: [string, number, ...boolean[]]
  frozen: readonly (readonly string[])[]
  union: 'a' | 'b' | 3 | true | null
  either: { kind: 'a'; a: string } | { kind: 'b'; b: number }
  optional?: { inner?: string | undefined } | null
  branded: string & { readonly brand: 'id' }
  json: Json
  tree: Tree
  table: Record<string, { count: number }>
  whatever: unknown
}
const shapes = createSessions<Shapes>({ secret, store })
typeOf(shapes.of({}).data.tuple).is<[string, number, ...boolean[]] | undefined>()
typeOf(shapes.of({}).data.json).is<Json | undefined>()
typeOf(shapes.of({}).data.whatever).is<unknown>()
createSessions<Record<string, { count: number }>>({ secret, store }).of({}).data.anything?.count.toFixed()

// Users' own tests.
cookieFor(sessions, 'ada', { data: { likes: 3 }, keep: ['cart'] })
// @ts-expect-error: not a number
cookieFor(sessions, 'ada', { data: { likes: 'three' } })
