import { ask } from '../express-session/ask.js'
import type { ConnectStore } from '../express-session/contract.js'

/** As much of a connect store as is needed to leave it. Its acts call back, or answer with a promise. */
export interface OldStore {
  get(sid: string, callback: (error: unknown, session?: object | null) => void): unknown
  destroy(sid: string, callback: (error?: unknown) => void): unknown
}

/** What the old store has under this id. `ENOENT` is how some say that there is nothing. */
export function oldSession(store: OldStore, sid: string): Promise<object | null> {
  return new Promise((resolve, reject) => {
    ask<object | null>(store as ConnectStore, 'get', [sid], (error, session) => {
      if (error && (error as { code?: unknown }).code !== 'ENOENT') reject(error)
      else resolve(error || typeof session !== 'object' ? null : (session ?? null))
    })
  })
}

/** Removes it there too. */
export function removeOld(store: OldStore, sid: string): Promise<void> {
  return new Promise((resolve, reject) => {
    ask(store as ConnectStore, 'destroy', [sid], (error) => (error ? reject(error) : resolve()))
  })
}
