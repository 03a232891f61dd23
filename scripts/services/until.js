import { setTimeout as sleep } from 'node:timers/promises'

/** How long, in milliseconds, what is awaited may take on the slowest machine. */
const WITHIN = 120_000

/** How long, in milliseconds, until the next look. */
const LOOK = 50

/**
 * Waits until a condition holds. An error while it is looked at means that it does not hold yet.
 *
 * @param {string} what as it stands in the error if it never comes to hold
 * @param {() => Promise<boolean>} holds
 */
export async function until(what, holds) {
  /** @type {unknown} */
  let last
  for (const end = Date.now() + WITHIN; Date.now() < end; await sleep(LOOK)) {
    const seen = await holds().catch((error) => {
      last = error
      return false
    })
    if (seen) return
  }
  throw new Error(`Waited in vain: ${what}.`, { cause: last })
}
