import { setTimeout as sleep } from 'node:timers/promises'

/** How long, in milliseconds, servers may take to find a new primary, on the slowest machine. */
const WITHIN = 120_000

/** How long, in milliseconds, one attempt may take: what a request's deadline would be. */
const DEADLINE = 3_000

/** Tries until it succeeds, as the users of an application would. What throws, or takes too long, is tried again. */
export async function eventually<T>(attempt: () => T | PromiseLike<T>): Promise<T> {
  for (const end = Date.now() + WITHIN; ; await sleep(50)) {
    const ended = new AbortController()
    const late = sleep(DEADLINE, undefined, { signal: ended.signal }).then(() => {
      throw new Error(`no answer within ${DEADLINE} ms`)
    })
    try {
      return await Promise.race([attempt(), late])
    } catch (error) {
      if (Date.now() > end) throw error
    } finally {
      ended.abort()
      late.catch(() => undefined)
    }
  }
}
