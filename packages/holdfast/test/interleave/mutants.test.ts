import { AssertionError } from 'node:assert'
import { expect, test } from 'vitest'
import { type InterleaveOptions, interleave } from '../../src/testing/interleave.js'
import * as mutants from './mutants.js'
import * as scenarios from './scenarios/index.js'
import type { Case } from './told.js'

/** What must go wrong when a rule is taken out: a scenario, and the law that is broken in it. */
interface Loss {
  readonly rule: string
  readonly tamper: NonNullable<InterleaveOptions['tamper']>
  readonly breaks: readonly (readonly [Case, RegExp])[]
}

const losses: readonly Loss[] = [
  {
    rule: 'the fence',
    tamper: mutants.noFence,
    breaks: [
      [scenarios.revocationBesideSignIn, /S outlived R/],
      [scenarios.revocationBesideBegunSignIn, /S outlived R/],
      [scenarios.twoFirstRevocations, /S outlived [PQ]/],
    ],
  },
  {
    rule: 'the following of successors',
    tamper: mutants.noSuccessors,
    breaks: [
      [scenarios.signOutBesideStepUp, /U is signed in as Ann after O/],
      [scenarios.twoStepUpsBesideSignOut, /[UV] is signed in as Ann after O/],
      [scenarios.handleBesideStepUps, /[UV] is signed in as Ann after R/],
      [scenarios.switchBesideStepUp, /U is: "ann" instead of null/],
    ],
  },
  {
    rule: 'the self-ending of a late step-up',
    tamper: mutants.noSelfEnding,
    breaks: [
      [scenarios.signOutBesideStepUp, /rows of Ann after O: 1 instead of 0/],
      [scenarios.revocationBesideStepUp, /rows of Ann after R: 1 instead of 0/],
      [scenarios.switchBesideStepUp, /rows of Ann: 1 instead of 0/],
    ],
  },
  {
    rule: 'the key guard',
    tamper: mutants.noKeyGuard,
    breaks: [
      [scenarios.renewals, /accused|null instead of "ann"/],
      [scenarios.renewalsInTurn, /accused|null instead of "ann"/],
    ],
  },
  {
    rule: 'the field guard',
    tamper: mutants.noFieldGuard,
    breaks: [
      [scenarios.oneList, /added is lost/],
      [scenarios.counter, /an increment is lost/],
      [scenarios.takeBesideSignIn, /read more than once/],
      [scenarios.signInBesideWriters, /put in is lost/],
    ],
  },
  {
    rule: 'the remembered writes',
    tamper: mutants.noOps,
    breaks: [
      [scenarios.oneField, /wrote last/],
      [scenarios.oneList, /there twice/],
      [scenarios.counter, /counts twice/],
    ],
  },
  {
    rule: 'the grace of earlier offers',
    tamper: mutants.noGraceOfEarlierOffers,
    breaks: [[scenarios.earlierOffer, /accused|null instead of "ann"/]],
  },
]

const table = losses.flatMap(({ rule, tamper, breaks }) =>
  breaks.map(([scenario, law]) => [rule, scenario.name, { tamper, scenario, law }] as const),
)

test.each(table)(
  'without %s a law is broken: %s',
  async (_rule, _name, { tamper, scenario, law }) => {
    const outcome = await interleave(scenario, { tamper, limit: 3_000 }).catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(AssertionError)
    expect((outcome as AssertionError).message).toMatch(law)
  },
  60_000,
)
