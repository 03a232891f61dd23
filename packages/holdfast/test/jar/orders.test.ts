import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { browsers, inEveryOrder, type Kind, kinds, type Ordered, starts, type Told } from './orders.js'

/** What an order comes to that is not as if the browser had sent one request after the other. */
type Outcome = 'a sign-in is lost' | 'a sign-in stands after a sign-out' | 'a first write is lost'

/** Why it may. The first three cost a sign-in. */
const reasons = {
  renewal: "a renewal's answer after that of a later step-up or sign-in",
  stepUp: "a step-up's answer after that of a later step-up or sign-in",
  signOut: "a sign-out's answer after that of a later sign-in, or of a step-up from a sign-in that it did not know",
  stands:
    'a sign-in, or a step-up from it, answered after a sign-out that did not know it: of its visitor or the former user',
  beside: 'a first write beside another first write, a sign-in, a step-up or a sign-out',
} as const
type Reason = (typeof reasons)[keyof typeof reasons]

const grants = ({ deed }: Told): boolean => deed === 'signed-in' || deed === 'stepped-up'
const decides = (told: Told): boolean => grants(told) || told.deed === 'signed-out'

function last(requests: readonly Told[], by: 'settled' | 'delivered'): Told | undefined {
  return requests.toSorted((a, b) => a[by] - b[by]).at(-1)
}

/** As whom the browser should be signed in: what the last act of privilege on the server made of it. */
function expectedUser({ start, requests }: Ordered): string | null {
  const act = last(requests.filter(decides), 'settled')
  return act === undefined ? (start === 'ann' ? 'ann' : null) : act.user
}

/**
 * Why the browser may hold something else than what the last act of privilege gave it: the last answer that set or cleared
 * the user's cookie belongs to an earlier act. `null` where it must hold what that act gave.
 */
function admitted({ requests }: Ordered): Reason | null {
  const act = last(requests.filter(decides), 'settled')
  const answer = last(
    requests.filter((told) => told.userCookie),
    'delivered',
  )
  if (act === undefined || answer === undefined || answer.settled >= act.settled) return null
  if (act.deed === 'signed-out') return grants(answer) && !ended(requests, answer) ? reasons.stands : null
  if (answer.deed === 'signed-out') return reasons.signOut
  if (!decides(answer)) return reasons.renewal
  // A sign-in of the same user beside this one ends nothing: the browser stays signed in, in the other session.
  return answer.deed === 'stepped-up' && !(act.deed === 'signed-in' && act.user === answer.user) ? reasons.stepUp : null
}

/** Whether what an answer brings was ended later: by a sign-out or a change of accounts that was sent with a cookie of it. */
function ended(requests: readonly Told[], answer: Told): boolean {
  const line = [answer.handle]
  for (let told: Told | undefined = answer; told?.deed === 'stepped-up'; ) {
    const { from }: Told = told
    line.push(from)
    told = requests.find((other) => grants(other) && other.handle === from)
  }
  const later = requests.filter(
    (told) => told.settled > answer.settled && told.shown !== null && line.includes(told.shown),
  )
  return later.some(({ deed }) => deed === 'signed-out' || deed === 'signed-in')
}

/** Whether a first write was under way together with a request that sets or clears the visitor's cookie. */
function besides(requests: readonly Told[], handle: string): boolean {
  const write = requests.find((told) => told.deed === 'first-write' && told.handle === handle) as Told
  return requests.some(
    (other) =>
      other !== write &&
      (decides(other) || other.deed === 'first-write') &&
      other.sent < write.delivered &&
      write.sent < other.delivered,
  )
}

function describeOrder({ start, requests, steps, user }: Ordered): string {
  const did = requests.map((told, index) => `${index + 1} is a ${told.kind} and ${told.deed}`)
  return `from ${start}: ${did.join('; ')}: ${steps.join(', ')}: ends as ${user ?? 'nobody'}`
}

interface Row {
  readonly requests: number
  readonly outcome: Outcome
  readonly reason: Reason
  orders: number
  readonly example: string
}
const rows: Row[] = []
const totals: { readonly requests: number; readonly orders: number }[] = []

function count(requests: number, outcome: Outcome, reason: Reason, ordered: Ordered): void {
  const row = rows.find((each) => each.requests === requests && each.outcome === outcome && each.reason === reason)
  if (row !== undefined) row.orders++
  else rows.push({ requests, outcome, reason, orders: 1, example: describeOrder(ordered) })
}

/** An order must end as expected, or differ for an admitted reason; and where there is such a reason it must differ. */
function judge(requests: number, ordered: Ordered): void {
  const should = expectedUser(ordered)
  const reason = admitted(ordered)
  if ((ordered.user !== should) !== (reason !== null)) {
    throw new Error(
      `${describeOrder(ordered)}, and should as ${should ?? 'nobody'}; admitted: ${reason ?? 'nothing else'}`,
    )
  }
  if (reason !== null) {
    count(requests, should === null ? 'a sign-in stands after a sign-out' : 'a sign-in is lost', reason, ordered)
  }
  for (const handle of ordered.lost) {
    if (!besides(ordered.requests, handle)) throw new Error(`${describeOrder(ordered)}, and a first write is lost`)
    count(requests, 'a first write is lost', reasons.beside, ordered)
  }
}

test.each([2, 3])(
  'LC-06: %i requests of one browser in every order: only what is documented costs a sign-in',
  async (size) => {
    const all = await browsers()
    let orders = 0
    for (const start of starts) {
      for (const wanted of combinations(kinds, size)) {
        orders += await inEveryOrder(start, all[start], wanted, (ordered) => judge(size, ordered))
      }
    }
    totals.push({ requests: size, orders })
    // Every reason does occur: none is admitted for nothing.
    const seen = new Set(rows.filter(({ requests }) => requests === size).map(({ reason }) => reason))
    expect([...seen].toSorted()).toEqual(Object.values(reasons).toSorted())
  },
  300_000,
)

function combinations(of: readonly Kind[], size: number): Kind[][] {
  if (size === 0) return [[]]
  return of.flatMap((kind, index) => combinations(of.slice(index), size - 1).map((rest) => [kind, ...rest]))
}

afterAll(() => {
  const reports = fileURLToPath(new URL('../../../../reports/', import.meta.url))
  mkdirSync(reports, { recursive: true })
  writeFileSync(`${reports}jar.json`, `${JSON.stringify({ totals, rows }, null, 2)}\n`)
  const lines = rows.map(
    ({ requests, outcome, reason, orders, example }) =>
      `  ${requests} requests, ${orders} orders: ${outcome}: ${reason}\n    e.g. ${example}`,
  )
  const ran = totals.map(({ requests, orders }) => `${orders} orders of ${requests} requests`).join(', ')
  process.stdout.write(`\nThe jar ran ${ran}. What parallel requests of one browser can cost:\n${lines.join('\n')}\n`)
})
