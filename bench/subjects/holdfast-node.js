/** holdfast on node:http. */
import { withSessions } from 'holdfast/node'
import { onNode } from '../frameworks/node.js'
import { fieldsOf, holdfastSessions, signIn } from '../holdfast-sessions.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'node',
  open: () => onNode({ mount: (listener) => withSessions(holdfastSessions(), listener), fieldsOf, signIn }),
}
