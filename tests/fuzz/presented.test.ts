import {
  type Arbitrary,
  array,
  asyncProperty,
  assert as check,
  constantFrom,
  nat,
  oneof,
  string,
  tuple,
  uint8Array,
} from 'fast-check'
import { createSessions, memoryStore, type Sessions } from 'holdfast'
import { cookieFor, direct } from 'holdfast/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { budget, timeLimit } from './budget.js'

interface Data {
  note: string
}

const SITE = 'https://shop.example/'

const store = memoryStore()
const sessions: Sessions<Data> = createSessions<Data>({
  secret: 'Wq3Mx9Lr5Vt8Kz2Pn6Yb4Hc7Jd1Gf0SeUiOaAoIuEjTg',
  store,
  sweep: false,
  log: () => undefined,
})

/** `__Host-sid=…`, of ada and of eve. */
let pairs: readonly string[] = []

beforeAll(async () => {
  const users = ['ada', 'eve'].map((user) => cookieFor(sessions, user, { url: SITE }))
  pairs = (await Promise.all(users)).map((headers) => headers.cookie ?? '')
})

afterAll(() => sessions.close())

/** Who somebody is with this `Cookie` header. Fails where anything but an answer, without a cookie, comes of it. */
async function whoIs(cookie: string): Promise<string | null> {
  const outcome = await direct(sessions, { url: SITE, headers: { cookie } }, (session) => {
    expect(session.data.note).toBe(undefined)
    return session.user
  })
  expect(outcome.cookies).toEqual([])
  if (outcome.refusal !== null) throw outcome.refusal.error
  return outcome.result
}

/** Any text that a header can hold: bytes. */
const bytes: Arbitrary<string> = uint8Array({ maxLength: 200 }).map((part) => Buffer.from(part).toString('latin1'))

/** What parsers of cookies trip over. `1` and `2` stand for the whole pairs of two users. */
const fragment: Arbitrary<string> = oneof(
  constantFrom('1', '2', ';', '; '),
  constantFrom('__Host-sid', '__Host-vid', 'sid', '__HOST-SID', '=', ';', '; ', ',', ' ', '\t', '"', '\\', '%00'),
  constantFrom('\u00a0', '\u000b', '\u0000', '\u0085', '$Version=1', '__proto__', 'constructor', '%E0%A4%A', 'a=b'),
  bytes,
  string({ maxLength: 20 }),
)

test('no Cookie header throws, is answered with 5xx, or mistakes one for another (CR-07, CR-08, PL-14)', {
  timeout: timeLimit,
}, async () => {
  let found = 0
  await check(
    asyncProperty(array(fragment, { maxLength: 30 }), async (parts) => {
      const header = parts.map((part) => (/^[12]$/.test(part) ? (pairs[Number(part) - 1] ?? '') : part)).join('')
      const user = await whoIs(header)
      if (user === null) return
      found += 1
      // Only ever somebody whose whole pair is there, and never where both are.
      const there = pairs.filter((pair) =>
        header.split(';').some((part) => part.replace(/^[ \t]+|[ \t]+$/g, '') === pair),
      )
      expect(there).toHaveLength(1)
      expect(there[0]).toBe(pairs[user === 'ada' ? 0 : 1])
    }),
    budget('Cookie headers', 100_000),
  )
  expect(found).toBeGreaterThan(0)
  expect((await sessions.all()).sessions).toHaveLength(2)
})

test('no credential but the very one signs anybody in (CR-08, ID-10)', { timeout: timeLimit }, async () => {
  const edit = oneof(
    tuple(constantFrom('replace', 'insert'), nat(200), constantFrom(...'AQgw5_-=~.9 \u00a0"%', 'AA', '\u0000')),
    tuple(constantFrom('remove', 'cut', 'repeat', 'swap'), nat(200), nat(200).map(String)),
    tuple(constantFrom('splice'), nat(200), constantFrom('')),
  )
  await check(
    asyncProperty(array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      const [pair = '', other = ''] = pairs
      const name = '__Host-sid='
      const [original, another] = [pair.slice(name.length), other.slice(name.length)]
      const value = edits.reduce((text, [kind, at, by]) => edited(text, another, kind, at, by), original)
      const user = await whoIs(`${name}${value}`)
      const read = value.replace(/^[ \t]+|[ \t]+$/g, '').split(';', 1)[0]
      if (read === original) expect(user).toBe('ada')
      else if (read === another) expect(user).toBe('eve')
      else expect(user).toBe(null)
    }),
    budget('credentials', 100_000),
  )
})

function edited(text: string, another: string, kind: string, at: number, by: string): string {
  const [head, tail] = [text.slice(0, at), text.slice(at)]
  switch (kind) {
    case 'replace':
      return head + by + tail.slice(by.length)
    case 'insert':
      return head + by + tail
    case 'remove':
      return head + tail.slice(1 + (Number(by) % 8))
    case 'cut':
      return head
    case 'repeat':
      return head + tail.repeat(1 + (Number(by) % 3))
    case 'swap':
      return tail + head
    default:
      return head + another.slice(at)
  }
}

test('nothing that is presented costs more than its length (CR-06)', async () => {
  const length = 1_000_000
  const unit = oneof(
    string({ minLength: 1, maxLength: 12 }),
    array(fragment, { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
  )
  const before = constantFrom('', '__Host-sid=', '__Host-sid', '__Host-sid="', 'a=')
  await check(
    asyncProperty(before, unit, async (start, part) => {
      const filling = part === '' ? 'x' : part
      // A pass over all that is left, at each step, would take minutes for each, and run into the runner's time limit.
      expect(await whoIs(start + filling.repeat(Math.ceil(length / filling.length)))).toBe(null)
    }),
    budget('long headers', 150, 1_000),
  )
})
