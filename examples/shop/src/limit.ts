/** Too much was asked for at once. */
export class Busy extends Error {
  /** For the error page. */
  readonly status = 503
}

/**
 * Lets so many pieces of work run at once, and so many more wait; one more than that is refused with `Busy`. It keeps those
 * who try many passwords from taking all memory and every thread.
 */
export function limit(atOnce: number, mostWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running < atOnce) running += 1
    else if (waiting.length < mostWaiting) await new Promise<void>((begin) => waiting.push(begin))
    else throw new Busy('Too many passwords are being checked.')
    try {
      return await work()
    } finally {
      // The place goes to the next in line, so that nobody who comes just now is before them.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
