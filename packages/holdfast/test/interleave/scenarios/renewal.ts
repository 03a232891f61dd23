import { LEASE } from '../../../src/engine/renewal.js'
import { same } from '../law.js'
import { annIsIn, asks, type Case, given } from '../told.js'
import { reads, sets, signsIn } from './handlers.js'
import { allStillIn, wrote } from './laws.js'
import { DUE, scenario } from './scenario.js'

export const renewals: Case = scenario(
  'LC-08: renewals beside each other',
  annIsIn({}, DUE),
  { A: asks('ann', reads), B: asks('ann', reads), C: asks('ann', sets('x', 1)) },
  async (after) => {
    await allStillIn(after)
    if (wrote(after, 'C')) same((await after.who('ann'))?.data.x, 1, 'what C wrote')
  },
)

export const renewalsInTurn: Case = scenario(
  'LC-08: a renewed cookie in use beside the one before',
  annIsIn({}, DUE),
  {
    A: async (stage) => {
      const { jar } = await asks('ann', reads)(stage)
      const { jars, now } = stage.context
      return asks('ann', reads)({ ...stage, context: { now, jars: { ...jars, ann: jar } } })
    },
    B: asks('ann', reads),
    C: asks('ann', reads),
  },
  allStillIn,
)

export const firstUse: Case = scenario(
  'LC-08: a renewed cookie used for the first time by several requests at once',
  given(async (say, clock) => {
    await say('ann', signsIn('ann'))
    clock.now += DUE
    await say('renewed', reads, 'ann')
  }),
  { A: asks('renewed', reads), B: asks('renewed', sets('x', 1)), C: asks('ann', reads) },
  async (after) => {
    await allStillIn(after)
    if (wrote(after, 'B')) same((await after.who('ann'))?.data.x, 1, 'what B wrote')
  },
)

/** Two renewed cookies were given; the answer with the first was late, so that the client had used the old one again. */
export const earlierOffer: Case = scenario(
  'LC-08: the newest renewed cookie beside an earlier one that was late',
  given(async (say, clock) => {
    await say('old', signsIn('ann'))
    clock.now += DUE
    await say('first', reads, 'old')
    clock.now += LEASE + 1
    await say('second', reads, 'old')
  }),
  { A: asks('old', reads), B: asks('first', reads), C: asks('second', reads) },
  allStillIn,
)
