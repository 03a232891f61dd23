import type { Races } from './races.js'

/** What came of all scenarios on one store. */
export interface RacedStore extends Pick<Races, 'runs' | 'met' | 'violations'> {
  readonly store: string
  /** Of the server; `null` where there is none. */
  readonly version: string | null
  readonly seconds: number
  readonly scenarios: readonly Races[]
}

/** The lines of a table for people: each store, then each scenario with its runs on every store. */
export function linesOf(stores: readonly RacedStore[]): readonly string[] {
  const total = stores.reduce((sum, { runs }) => sum + runs, 0)
  const lines = [`Races: ${total} runs; met: runs in which acts of two processes were on the wire at once, on one row`]
  for (const [index, { store, version, runs, met, violations, seconds }] of stores.entries()) {
    const name = `${index + 1} ${store}${version === null ? '' : ` (${version})`}`
    lines.push(`  ${name}: ${runs} runs, ${met} met, ${violations} violations, ${seconds} s`)
  }
  const scenarios = [...new Set(stores.flatMap((store) => store.scenarios.map(({ scenario }) => scenario)))]
  for (const name of scenarios) {
    const each = stores.map(({ scenarios }, index) => {
      const races = scenarios.find(({ scenario }) => scenario === name)
      if (races === undefined) return `${index + 1}: none`
      const broken = races.violations === 0 ? '' : ` ${races.violations} VIOLATIONS`
      return `${index + 1}: ${races.met}/${races.runs}${broken}`
    })
    lines.push(`  ${name}`, `    met ${each.join(', ')}`)
  }
  return lines
}
