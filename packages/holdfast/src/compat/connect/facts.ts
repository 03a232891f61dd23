import { formatFacts } from '../../engine/facts.js'
import type { Millis } from '../../engine/row.js'

/** The last member of the facts: what tells these rows from those of `createSessions` in the same store. */
const MARK = { door: 'connect' }
const END = JSON.stringify(MARK).slice(1)

/** The facts of a row that another library's session is kept in. To `createSessions` it is a visitor's. */
export function connectFacts(createdAt: Millis): string {
  return formatFacts({ createdAt, auth: null, from: null, agent: null, network: null, timeouts: null, ...MARK })
}

/** Whether facts are such ones. */
export function isConnectFacts(facts: string): boolean {
  return facts.endsWith(END)
}
