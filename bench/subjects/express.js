/** Express 5 by itself. */
import { onExpress } from '../frameworks/express.js'

/** @type {import('../subject.js').Subject} */
export const subject = { bare: null, open: () => onExpress(null) }
