import { ask } from './ask.js'
import type { Callback, ConnectStore, SessionData } from './contract.js'

/**
 * Writes a session. The record of one that `isStored` is looked for first, and where it is gone nothing is written:
 * otherwise a request that is slow would bring back what was signed out beside it. The two are not one act, so this
 * narrows the window and does not close it.
 */
export function writeBack(
  store: ConnectStore,
  session: SessionData & { readonly id: string },
  isStored: boolean,
  done: Callback,
): void {
  const { id } = session
  const write = (): void => ask(store, 'set', [id, session], done)
  if (isStored) unlessGone(store, id, write, done)
  else write()
}

/** Calls `act` where a record is there, or where the store cannot tell; else `gone`. */
export function unlessGone(store: ConnectStore, id: string, act: () => void, gone: () => void): void {
  ask<SessionData | null>(store, 'get', [id], (error, found) => (isGone(error, found) ? gone() : act()))
}

/** Whether the answer to a `get` says that there is no such record: by nothing, or by an error `ENOENT`. */
export function isGone(error: unknown, found: unknown): boolean {
  return error ? (error as { code?: unknown }).code === 'ENOENT' : !found
}
