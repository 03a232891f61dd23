import type { KeyObject } from 'node:crypto'
import type { Awaitable } from './row.js'

/** One key of a ring. Its material is never used itself, only what is derived from it for one purpose. */
export interface Key {
  /** Six base64url characters; not secret. It travels in the credential. */
  readonly id: string
  /** The subkey for one purpose, such as `cookie sid`. Derived once and kept. */
  subkey(purpose: string): KeyObject
}

/** Named keys, newest first. */
export interface Keyring {
  /** The key that signs now. Throws `HOLDFAST_SECRET` where there is none. */
  signing(): Key
  /** A key by the id that a credential names. */
  find(id: string): Key | undefined
  /** Reads the source once more, for an id that was not found. Absent where the ring cannot change. */
  refresh?(): Awaitable<void>
}
