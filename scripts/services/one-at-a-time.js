import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Of all processes of this machine, the one that listens here has the turn. It is a socket whose name is no file, so the
 * system frees it however that process ends.
 */
const TURN = '\0holdfast-programs'

/** How long, in milliseconds, until the next look whether the turn is free. */
const LOOK = 100

/**
 * Runs an act while no other process of this machine runs one, so that two tests do not install the same at once. Only
 * Linux has such sockets, and only there anything is installed.
 *
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function oneAtATime(act) {
  if (process.platform !== 'linux') return act()
  /** @type {import('node:net').Server | null} */
  let turn = null
  while (turn === null) turn = (await take()) ?? (await sleep(LOOK, null))
  try {
    return await act()
  } finally {
    turn.close()
  }
}

/** @returns {Promise<import('node:net').Server | null>} what holds the turn; `null` where another has it */
function take() {
  return new Promise((resolve, reject) => {
    const turn = createServer()
    turn.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    turn.listen(TURN, () => resolve(turn))
  })
}
