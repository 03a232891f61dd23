/** node:http by itself. */
import { onNode } from '../frameworks/node.js'

/** @type {import('../subject.js').Subject} */
export const subject = { bare: null, open: () => onNode(null) }
