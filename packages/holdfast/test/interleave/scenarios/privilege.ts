import { law, same } from '../law.js'
import { type After, annIsIn, asks, aVisitorCame, type Case } from '../told.js'
import { pushes, reads, sets, signsIn, signsOut, stepsUp, takesFlash } from './handlers.js'
import { allGone, olderIsDead, oneAtMost, oneStepUp, wrote } from './laws.js'
import { DUE, scenario } from './scenario.js'

export const takeBesideSignIn: Case = scenario(
  'LC-01: take beside a sign-in that keeps the field',
  aVisitorCame({ flash: 'hello', cart: ['z'] }),
  {
    A: asks('visitor', takesFlash),
    B: asks('visitor', takesFlash),
    S: asks('visitor', signsIn('ann', 'flash', 'cart')),
  },
  async (after) => {
    const taken = ['A', 'B'].filter((process) => after.acked(process) && after.reply(process)?.value === 'hello').length
    const there = [...(await after.reached()).values()].filter(({ data }) => data.flash !== undefined).length
    law(taken + there <= 1, `the message is read more than once: ${taken} times, and ${there} times still there`)
    if (after.told.fault === null) {
      law(taken + there === 1, 'the message is lost')
      same((await after.who('S'))?.data.cart, ['z'], 'the cart that was kept')
    }
    await olderIsDead(after, 'S', ['visitor', 'A', 'B'])
  },
)

export const signInBesideWriters: Case = scenario(
  'LC-01: a sign-in beside writers of a field that it keeps',
  aVisitorCame({ cart: ['z'] }),
  {
    A: asks('visitor', pushes('cart', 'a')),
    B: asks('visitor', pushes('cart', 'b')),
    S: asks('visitor', signsIn('ann', 'cart')),
  },
  async (after) => {
    const who = after.acked('S') ? await after.who('S') : null
    // Where the sign-in failed, the fields wait in the visitor's row.
    const waiting = (await after.row(after.firstRead('S') ?? ''))?.fields.get('cart') ?? '[]'
    const cart: unknown = after.acked('S') ? who?.data.cart : JSON.parse(waiting)
    for (const process of ['A', 'B']) {
      const kept = Array.isArray(cart) && cart.includes(process.toLowerCase())
      if (wrote(after, process) && after.firstRead('S') !== null) law(kept, `what ${process} put in is lost`)
    }
    if (after.acked('S')) same(who?.user, 'ann', 'who signed in')
    if (after.told.fault === null) law(after.acked('S'), 'the sign-in failed')
    await olderIsDead(after, 'S', ['visitor', 'A', 'B'])
  },
)

export const signOutBesideStepUp: Case = scenario(
  'LC-05 LC-06: a sign-out beside a step-up beside a writer',
  annIsIn({ a: 1 }),
  { O: asks('ann', signsOut), U: asks('ann', stepsUp), W: asks('ann', sets('x', 7)) },
  async (after) => {
    await allGone(after, 'O')
    await olderIsDead(after, 'U', ['ann', 'W'])
    await oneAtMost(after)
    // A sign-out that failed may have ended the session or not. If not, nothing is lost.
    const who = after.acked('U') ? await after.who('U') : null
    if (who === null) return
    same(who.data.a, 1, 'what was there before')
    if (wrote(after, 'W')) same(who.data.x, 7, 'what was written meanwhile')
  },
)

export const stepUpBesideWriters: Case = scenario(
  'LC-02: a step-up beside writers',
  annIsIn({ list: ['z'] }),
  { A: asks('ann', pushes('list', 'a')), U: asks('ann', stepsUp), W: asks('ann', sets('x', 7)) },
  async (after) => {
    await olderIsDead(after, 'U', ['ann', 'A', 'W'])
    await oneAtMost(after)
    if (after.told.fault === null) law(after.acked('U'), 'the step-up failed')
    if (!after.acked('U')) return
    const data = (await after.who('U'))?.data
    law(data?.list?.includes('z') === true, 'what was there before is lost')
    if (wrote(after, 'A')) law(data.list.includes('a'), 'what was added meanwhile is lost')
    if (wrote(after, 'W')) same(data.x, 7, 'what was written meanwhile')
  },
)

export const twoStepUpsBesideSignOut: Case = scenario(
  'LC-05 LC-06: two step-ups beside a sign-out',
  annIsIn({ a: 1 }),
  { O: asks('ann', signsOut), U: asks('ann', stepsUp), V: asks('ann', stepsUp) },
  async (after) => {
    await allGone(after, 'O')
    await olderIsDead(after, 'U', ['ann', 'V'])
    await olderIsDead(after, 'V', ['ann', 'U'])
    await oneAtMost(after)
    oneStepUp(after, 'U', 'V')
  },
)

export const switchBesideStepUp: Case = scenario(
  'LC-01: an account switch beside a step-up',
  annIsIn(),
  { S: asks('ann', signsIn('bob')), U: asks('ann', stepsUp) },
  async (after) => {
    await olderIsDead(after, 'U', ['ann'])
    await switched(after)
    if (after.acked('S') && after.told.fault === null) same(await after.stored('ann'), 0, 'rows of Ann')
  },
)

export const stepUpBesideRenewal: Case = scenario(
  'LC-02: a step-up beside renewals',
  annIsIn({}, DUE),
  { A: asks('ann', reads), B: asks('ann', reads), U: asks('ann', stepsUp) },
  async (after) => {
    await olderIsDead(after, 'U', ['ann', 'A', 'B'])
    await oneAtMost(after)
    if (after.told.fault === null) same(await after.user('U'), 'ann', 'who stepped up')
  },
)

export const signOutBesideRenewal: Case = scenario(
  'LC-05 LC-06: a sign-out beside a renewal and a step-up',
  annIsIn({}, DUE),
  { A: asks('ann', reads), O: asks('ann', signsOut), U: asks('ann', stepsUp) },
  async (after) => {
    await allGone(after, 'O')
    await olderIsDead(after, 'U', ['ann', 'A'])
    await oneAtMost(after)
  },
)

export const signOutBesideTwoRenewals: Case = scenario(
  'LC-05 LC-06: a sign-out beside renewals and a writer',
  annIsIn({}, DUE),
  { A: asks('ann', reads), B: asks('ann', sets('x', 1)), O: asks('ann', signsOut) },
  (after) => allGone(after, 'O'),
)

export const switchBesideRenewal: Case = scenario(
  'LC-01: an account switch beside renewals',
  annIsIn({}, DUE),
  { A: asks('ann', reads), B: asks('ann', reads), S: asks('ann', signsIn('bob')) },
  switched,
)

/** After a change of accounts its own client is Bob, and nobody is Ann any more. */
async function switched(after: After): Promise<void> {
  if (!after.acked('S')) return
  for (const holder of after.holders()) same(await after.user(holder), holder === 'S' ? 'bob' : null, `${holder} is`)
}
