/**
 * A subject is one file in `subjects/`, named after what it measures: a framework without sessions, or with a library for
 * them. It is loaded into a process of its own.
 *
 * @typedef {(req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) => void} Listener
 *
 * @typedef {object} Subject
 * @property {string | null} bare the subject that is the same framework without sessions, whose cost is taken off; `null`
 *   where it is such a one itself.
 * @property {'redis'} [on] the server that it keeps its sessions on, which whoever opens it has started; absent where they are
 *   kept in the process.
 * @property {(url: string) => Promise<Listener> | Listener} open what answers the requests that `targets.js` names. `url` is
 *   that server's.
 */

/**
 * @param {string} name
 * @returns {Promise<Subject>}
 */
export async function subjectNamed(name) {
  const { subject } = await import(new URL(`subjects/${name}.js`, import.meta.url).href)
  return subject
}

/**
 * The subjects, and before them the bare frameworks that they stand on.
 *
 * @param {readonly string[]} names
 * @returns {Promise<Map<string, string | null>>} each one's bare framework
 */
export async function withBare(names) {
  /** @type {Map<string, string | null>} */
  const subjects = new Map()
  for (const name of names) {
    const { bare } = await subjectNamed(name)
    if (bare !== null) subjects.set(bare, null)
    subjects.set(name, bare)
  }
  return subjects
}
