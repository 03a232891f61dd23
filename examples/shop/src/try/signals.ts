import { Latest } from '../latest.js'

/** Points that requests tell each other they have reached, so that they overlap by agreement and not by luck. */
export interface Signals {
  /** Tells whoever waits for it, now or later. */
  reached(run: string, point: string): void
  /** `true` once the point is reached; `false` if it is not within the time for it. */
  until(run: string, point: string): Promise<boolean>
}

interface Flag {
  readonly up: Promise<true>
  raise(): void
}

/** @param patience How long `until` waits at most, in milliseconds. */
export function signals(patience: number): Signals {
  // Whoever waits for one that is forgotten runs out of time.
  const flags = new Latest<Flag>()

  const flagOf = (run: string, point: string): Flag => {
    const name = `${run} ${point}`
    const known = flags.get(name)
    if (known !== undefined) return known
    let raise = (): void => {}
    const up = new Promise<true>((resolve) => {
      raise = () => resolve(true)
    })
    const flag = { up, raise }
    flags.set(name, flag)
    return flag
  }

  return {
    reached: (run, point) => flagOf(run, point).raise(),
    async until(run, point) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(resolve, patience, false)
      })
      const met = await Promise.race([flagOf(run, point).up, late])
      clearTimeout(timer)
      return met
    },
  }
}
