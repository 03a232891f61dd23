/** A mirror or registry that does not answer once may answer the next time. */
const TRIES = 3

/**
 * Does what may fail by chance until it succeeds, three times at most.
 *
 * @param {() => Promise<unknown>} act
 * @param {() => Promise<unknown>} [between] done after each failure; its own failure is what then went wrong
 * @returns {Promise<string | null>} what went wrong the last time; `null` if it was done
 */
export async function tries(act, between) {
  let problem = ''
  for (let tried = 0; tried < TRIES; tried++) {
    try {
      await act()
      return null
    } catch (error) {
      problem = said(error)
      await between?.().catch((failure) => {
        problem = said(failure)
      })
    }
  }
  return problem
}

/** @param {unknown} error */
function said(error) {
  return (error instanceof Error ? error.message : String(error)).trim()
}
