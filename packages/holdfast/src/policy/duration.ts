import { HoldfastError } from '../engine/errors.js'

/** Milliseconds, or a number with a unit: `'500ms'`, `'30s'`, `'15m'`, `'1.5h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS: ReadonlyMap<string | undefined, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** A hundred years. What is longer is a mistake in the unit, or means "never". */
const LONGEST = 36_525 * 86_400_000

/**
 * Whole milliseconds of a duration; also for text from the environment: `duration(process.env.IDLE ?? '30m')`.
 *
 * Throws `HOLDFAST_CONFIG` unless it is from 1 ms to 36525 days long.
 */
export function duration(value: Duration | string): number {
  const millis = Math.round(typeof value === 'string' ? parse(value) : typeof value === 'number' ? value : Number.NaN)
  if (millis >= 1 && millis <= LONGEST) return millis
  throw new HoldfastError(
    'HOLDFAST_CONFIG',
    `${show(value)} is not a duration. Give milliseconds, or a number with the unit ms, s, m, h or d, such as '30m' or '1.5h': at least 1 ms, at most 36525d.`,
  )
}

function parse(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  return Number(count) * (UNITS.get(unit) ?? Number.NaN)
}

/** Enough of the value to find it by. It may come from the environment, where anything may stand in the wrong place. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 12 ? `${value.slice(0, 12)}…` : value)
  return typeof value === 'number' ? String(value) : `a value of type ${value === null ? 'null' : typeof value}`
}
