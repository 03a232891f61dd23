import type { Acts } from './acts.js'
import type { Events } from './events.js'
import type { Timeouts } from './judge.js'
import type { Keyring } from './keyring.js'
import type { Millis } from './row.js'
import type { SchemaPolicy } from './schema.js'
import type { Transport } from './transport.js'
import type { Arrival, Refusal } from './wire.js'

/** What all requests of one `createSessions` share. Nothing in it belongs to one request or one user. */
export interface Engine {
  readonly acts: Acts
  readonly events: Events
  readonly transport: Transport
  readonly keyring: () => Keyring
  readonly timeouts: Timeouts
  readonly renewal: RenewalPolicy
  readonly dead: DeadHandles
  /** What data must look like; `null` where nobody said. */
  readonly schema: SchemaPolicy | null
  readonly now: () => Millis
  /** What a store that cannot be reached means for a request. */
  readonly onStoreDown: 'refuse' | 'visitor'
  /** Milliseconds that a write may take with all its attempts. */
  readonly patience: Millis
  readonly scheme: (arrival: Arrival) => Scheme
  /** Refuses a request before anything is read; `null` lets it pass. */
  readonly guard: (arrival: Arrival, scheme: Scheme, hasCookie: boolean) => Refusal | null
  /** Prints a line where `NODE_DEBUG` asks for it. */
  readonly trace: ((line: string) => void) | null
}

/** When secrets are renewed, and what follows where a former one is used or a new one is not. */
export interface RenewalPolicy {
  /** Milliseconds; `null` = never. */
  readonly every: Millis | null
  readonly onReuse: 'end' | 'step-up' | 'report'
  readonly onStalled: 'end' | 'report'
}

/** What is believed of a request's scheme, host and address. */
export interface Scheme {
  readonly secure: boolean
  readonly loopback: boolean
  /** `https://shop.example`, in lower case without a default port; `null` where the host is missing or malformed. */
  readonly origin: string | null
  readonly address: string | undefined
}

/** A few handles that are known to be dead. Sound, because only `create` inserts and handles are random. */
export interface DeadHandles {
  has(handle: string): boolean
  add(handle: string): void
}

/** Remembers the newest `most` handles. */
export function deadHandles(most: number): DeadHandles {
  const handles = new Set<string>()
  return {
    has: (handle) => handles.has(handle),
    add: (handle) => {
      if (handles.size >= most) for (const oldest of handles) if (handles.delete(oldest)) break
      handles.add(handle)
    },
  }
}
