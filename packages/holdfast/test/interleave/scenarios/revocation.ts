import { law, same } from '../law.js'
import { type After, annIsIn, annIsInTwice, asks, aVisitorCame, type Case, given } from '../told.js'
import { changesCredentials, reads, revokesAnn, revokesItself, revokesOthers, signsIn, stepsUp } from './handlers.js'
import { allGone, fenced, inTime, nobodyIsAnn, olderIsDead, oneAtMost, oneStepUp } from './laws.js'
import { DUE, scenario } from './scenario.js'

export const revocationBesideSignIn: Case = scenario(
  'LC-12: the revocation of a user beside a sign-in',
  given(async (say) => {
    await say('ann', signsIn('ann'))
    await say('visitor', (session) => void Object.assign(session.data, { cart: ['z'] }))
  }),
  { R: revokesAnn, S: asks('visitor', signsIn('ann', 'cart')) },
  async (after) => {
    if (after.acked('R')) await nobodyIsAnn(after, ['ann'], 'R')
    await fenced(after, 'R', ['S'])
    await olderIsDead(after, 'S', ['visitor'])
  },
)

export const revocationBesideBegunSignIn: Case = scenario(
  'LC-12: the revocation of a user beside a sign-in that had begun',
  aVisitorCame({ cart: ['z'] }),
  {
    R: async (stage) => {
      await stage.moment('the revocation begins')
      return revokesAnn(stage)
    },
    S: (stage) =>
      asks('visitor', async (session, sessions) => {
        const begun = await sessions.beginSignIn('ann')
        await stage.moment('the password is checked')
        await session.signIn(begun, { keep: ['cart'] })
      })(stage),
  },
  async (after) => {
    await fenced(after, 'R', ['S'])
    if (after.acked('R') && after.moments()[0] === 'the password is checked') await nobodyIsAnn(after, ['S'], 'R')
  },
)

export const revocationBesideStepUp: Case = scenario(
  'LC-12: the revocation of a user beside a step-up',
  annIsInTwice(),
  { R: revokesAnn, U: asks('ann', stepsUp) },
  async (after) => {
    await allGone(after, 'R')
    await olderIsDead(after, 'U', ['ann'])
  },
)

export const handleBesideStepUps: Case = scenario(
  'LC-15: the revocation of a handle beside step-ups',
  annIsIn(),
  { R: asks('ann', revokesItself), U: asks('ann', stepsUp), V: asks('ann', stepsUp) },
  async (after) => {
    if (inTime(after, 'R')) await allGone(after, 'R')
    await oneAtMost(after)
    oneStepUp(after, 'U', 'V')
  },
)

export const twoFirstRevocations: Case = scenario(
  'LC-12: two first revocations of a user beside a sign-in',
  given(async () => undefined),
  { P: revokesAnn, Q: revokesAnn, S: asks('nobody', signsIn('ann')) },
  async (after) => {
    await fenced(after, 'P', ['S'])
    await fenced(after, 'Q', ['S'])
  },
)

export const exceptBesideStepUp: Case = scenario(
  'LC-12: revoke with except beside a step-up of the excepted session',
  annIsInTwice(),
  { R: asks('ann', revokesOthers), U: asks('ann', stepsUp) },
  async (after) => {
    if (inTime(after, 'R')) await nobodyIsAnn(after, ['phone'], 'R')
    await olderIsDead(after, 'U', ['ann'])
    await spared(after)
  },
)

export const exceptBesideTwoStepUps: Case = scenario(
  'LC-12: revoke with except beside step-ups of both sessions',
  annIsInTwice(),
  { R: asks('ann', revokesOthers), U: asks('ann', stepsUp), V: asks('phone', stepsUp) },
  async (after) => {
    if (inTime(after, 'R')) {
      await nobodyIsAnn(after, ['phone'], 'R')
      await fenced(after, 'R', ['V'])
    }
    await spared(after)
  },
)

/** Unless the step-up itself was struck by a fault, the excepted session or the one it was stepped up to lives on. */
async function spared(after: After): Promise<void> {
  if (after.struck('U')) return
  const lives = (await after.user('ann')) === 'ann' || (await after.user('U')) === 'ann'
  law(lives, 'the excepted session is gone, and so is the one that it was stepped up to')
}

export const twoCredentialChanges: Case = scenario(
  'LC-13: two changes of the credentials in one session',
  annIsIn(),
  { C: asks('ann', changesCredentials), D: asks('ann', changesCredentials) },
  async (after) => {
    await olderIsDead(after, 'C', ['ann', 'D'])
    await olderIsDead(after, 'D', ['ann', 'C'])
    await oneAtMost(after)
    oneStepUp(after, 'C', 'D')
  },
)

export const credentialChangesOnTwoDevices: Case = scenario(
  'LC-13: changes of the credentials on two devices',
  annIsInTwice(),
  { C: asks('ann', changesCredentials), D: asks('phone', changesCredentials) },
  async (after) => {
    if (after.acked('C') || after.acked('D')) await nobodyIsAnn(after, ['ann', 'phone'], 'a change of the credentials')
    await oneAtMost(after)
  },
)

export const revocationBesideRenewal: Case = scenario(
  'LC-12: the revocation of a user beside renewals',
  annIsIn({}, DUE),
  { A: asks('ann', reads), B: asks('ann', reads), R: revokesAnn },
  (after) => allGone(after, 'R'),
)

export const handleBesideRenewal: Case = scenario(
  'LC-15: the revocation of a handle beside a renewal and a step-up',
  annIsIn({}, DUE),
  { A: asks('ann', reads), R: asks('ann', revokesItself), U: asks('ann', stepsUp) },
  async (after) => {
    if (inTime(after, 'R')) await allGone(after, 'R')
    await oneAtMost(after)
  },
)

export const exceptBesideRenewal: Case = scenario(
  'LC-12: revoke with except beside a renewal and a step-up of the excepted session',
  annIsInTwice(DUE),
  { A: asks('ann', reads), R: asks('ann', revokesOthers), U: asks('ann', stepsUp) },
  async (after) => {
    if (inTime(after, 'R')) await nobodyIsAnn(after, ['phone'], 'R')
    await olderIsDead(after, 'U', ['ann', 'A'])
    await spared(after)
  },
)

export const credentialChangeBesideRenewal: Case = scenario(
  'LC-13: a change of the credentials beside renewals',
  annIsInTwice(DUE),
  { A: asks('ann', reads), B: asks('phone', reads), C: asks('ann', changesCredentials) },
  async (after) => {
    await olderIsDead(after, 'C', ['ann', 'phone', 'A', 'B'])
    if (after.told.fault === null) same(await after.user('C'), 'ann', 'who changed the credentials')
  },
)
