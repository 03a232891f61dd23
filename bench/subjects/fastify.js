/** Fastify 5 by itself. */
import { onFastify } from '../frameworks/fastify.js'

/** @type {import('../subject.js').Subject} */
export const subject = { bare: null, open: () => onFastify(null) }
