/** Sessions that lose no update, bring nothing back, and can be trusted without reading their source. */

export { createSessions } from './create-sessions.js'
export { type ErrorCode, HoldfastError } from './engine/errors.js'
export type { DropReason, EventMap, EventName, Listener, RefusedReason } from './engine/events.js'
export type { Auth } from './engine/facts.js'
export type { JsonData } from './engine/json-data.js'
export type { Key, Keyring } from './engine/keyring.js'
export type { Register } from './engine/register.js'
export type {
  Awaitable,
  Ended,
  Ending,
  EndReason,
  Index,
  Millis,
  Page,
  Patch,
  Row,
  Store,
  Summary,
} from './engine/row.js'
export type { OnInvalid, StandardSchema } from './engine/schema.js'
export type { BegunSignIn, Inspection, Session, SignedIn, SignInOptions, StepUpOptions } from './engine/session.js'
export type { Revocation, SessionInfo, Sessions } from './engine/sessions.js'
export type { Answer, Arrival, Exchange, Opened, Refusal, Wire } from './engine/wire.js'
export type { Secret } from './keyring/secret-keyring.js'
export type { Options } from './options.js'
export { type Duration, duration } from './policy/duration.js'
export { type MemoryCounts, type MemoryOptions, type MemoryStore, memoryStore } from './stores/memory.js'
export type { CookieOptions } from './transport/cookie-options.js'
