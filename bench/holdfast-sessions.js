import { createSessions, memoryStore } from 'holdfast'
import { names } from './session-data.js'

/** @typedef {import('./session-data.js').SessionData} SessionData */

/** holdfast with every default: guards, renewal, throttled touches. */
export function holdfastSessions(store = /** @type {import('holdfast').Store} */ (memoryStore())) {
  return createSessions({
    secret: 'Qm9sZGZhc3QgYmVuY2gsIDMyIGJ5dGVzIG9mIGl0',
    store,
    log: () => {},
  })
}

/**
 * The fields of a session, typed as those of the others are.
 *
 * @param {{ session: { data: unknown } }} request
 */
export function fieldsOf({ session }) {
  return /** @type {SessionData} */ (session.data)
}

/**
 * A user's session instead of a visitor's, with the same fields.
 *
 * @param {{ session: { signIn(user: string, options: { keep: string[] }): Promise<unknown> } }} request
 */
export function signIn({ session }) {
  return session.signIn('ada', { keep: names })
}
