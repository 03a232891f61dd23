/** Koa 3 by itself. */
import { onKoa } from '../frameworks/koa.js'

/** @type {import('../subject.js').Subject} */
export const subject = { bare: null, open: () => onKoa(null) }
