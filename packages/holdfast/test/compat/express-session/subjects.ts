import { createRequire } from 'node:module'
import session, { type SessionModule } from 'holdfast/express-session'

// Both would say a hundred times what is out of date. It is read where the original is loaded, below.
process.env.NO_DEPRECATION ??= 'express-session'

/** Ours. */
export const ours: SessionModule = session

/** express-session itself, which ours is compared with. It has no types of its own. */
export const theirs: SessionModule = createRequire(import.meta.url)('express-session')
