import { lstat, readFile, rm, writeFile } from 'node:fs/promises'

/** By this line we know our own policy again: many machines have one that says the same. */
const OURS = '# holdfast: while a package is installed for the tests, none of its services starts.'

const POLICY = `#!/bin/sh\n${OURS}\nexit 101\n`

/**
 * Does something while a policy of Debian's invoke-rc.d forbids every service to start. A policy that somebody else has put
 * there stays, and is the one that counts. One of ours that a killed process has left behind is taken away in the end.
 *
 * Only one process of a machine may be here at a time: else one would take the other's away.
 *
 * @template T
 * @param {string} file the policy's, `/usr/sbin/policy-rc.d`
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function withoutServices(file, act) {
  if ((await isThere(file)) && !(await isOurs(file))) return act()
  try {
    await writeFile(file, POLICY, { mode: 0o755 })
    return await act()
  } finally {
    await rm(file, { force: true })
  }
}

/**
 * Whether a policy is one of ours. A link is not: what we would read through it is not what we would remove.
 *
 * @param {string} file
 */
export async function isOurs(file) {
  if (!(await isThere(file)) || !(await lstat(file)).isFile()) return false
  return (await readFile(file, 'utf8')) === POLICY
}

/** @param {string} file */
function isThere(file) {
  return lstat(file).then(
    () => true,
    () => false,
  )
}
