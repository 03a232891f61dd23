import { type Duration, duration } from '../policy/duration.js'
import type { Lifetimes } from '../policy/timeouts.js'

/** Lifetimes as options write them, with what is not said taken from `defaults`. Throws `HOLDFAST_CONFIG`. */
export function toLifetimes(
  options: { readonly idle?: Duration | false | undefined; readonly absolute?: Duration | false | undefined },
  defaults: Lifetimes,
): Lifetimes {
  return { idle: pick(options.idle, defaults.idle), absolute: pick(options.absolute, defaults.absolute) }
}

function pick(value: Duration | false | undefined, otherwise: number | null): number | null {
  if (value === undefined) return otherwise
  return value === false ? null : duration(value)
}
