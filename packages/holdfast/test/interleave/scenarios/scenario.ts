import { law } from '../law.js'
import { MINUTE } from '../site.js'
import { After, type Case, type Play, type Setup, type Told } from '../told.js'

/** Renewal is due after a quarter of an hour. */
export const DUE = 16 * MINUTE

/**
 * A scenario with the laws that hold everywhere. Processes that sign in, step up or change the credentials are named S, U,
 * V, C and D: they may be told, and may be told only, that somebody else was faster. Every other one succeeds.
 */
export function scenario(
  name: string,
  setup: Setup,
  processes: Record<string, Play>,
  laws: (after: After) => Promise<void>,
): Case {
  return {
    name,
    setup,
    processes,
    async laws(told: Told) {
      const after = new After(told)
      noSurprise(after)
      await laws(after)
    },
  }
}

function noSurprise(after: After): void {
  law(!after.accused(), 'an honest client was accused')
  for (const process of after.told.results.keys()) {
    const reply = after.reply(process)
    if (reply === null || reply.ok) continue
    const code = String((reply.error as { code?: string }).code)
    const expected = 'SUVCD'.includes(process) ? ['HOLDFAST_ENDED', 'HOLDFAST_REVOKED'] : []
    if (after.told.fault !== null) expected.push('HOLDFAST_STORE', 'HOLDFAST_UNKNOWN_OUTCOME')
    law(expected.includes(code), `${process} failed with ${String(reply.error)}`)
  }
}
