import type { EndReason, Millis } from './row.js'

interface Base {
  readonly at: Millis
  /** The row that the event is about; `null` where there is none. Safe to log. */
  readonly handle: string | null
  readonly user: string | null
}

/** What a listener is told, by the event's name. No event ever holds a secret, a credential or a field's value. */
export interface EventMap {
  /** A row came to be: a visitor's at the first write, a user's at every privilege act. */
  readonly created: Base
  /** `from`: the row whose place it took, the visitor's for instance. */
  readonly 'signed-in': Base & { readonly from: string | null }
  readonly 'stepped-up': Base & { readonly from: string }
  /** A new secret was seen for the first time. */
  readonly renewed: Base
  readonly 'signed-out': Base
  /** `by`: what the revocation named. */
  readonly revoked: Base & { readonly by: 'user' | 'handle' | 'link' | 'credentials' }
  readonly expired: Base & { readonly reason: 'idle' | 'absolute' }
  /** A copy of a former secret was used: two parties hold this session's cookie. */
  readonly reused: Base & { readonly action: 'end' | 'step-up' | 'report' }
  /** Six successors went unanswered: the client keeps an old copy, or never sees our cookies. */
  readonly stalled: Base & { readonly action: 'end' | 'report' }
  /** Changes that could not be written. */
  readonly dropped: Base & { readonly fields: readonly string[]; readonly reason: DropReason }
  /** Two requests changed the same value; the later one's stayed. */
  readonly overlapped: Base & { readonly field: string }
  readonly refused: Base & { readonly reason: RefusedReason }
  /** An act of the store failed. `error` is what its driver threw. */
  readonly store: Base & { readonly act: string; readonly error: unknown }
}

/** The names that `on` takes. */
export type EventName = keyof EventMap

/**
 * Why changes were dropped: the reason the row was ended, `gone` where it is not there any more, `not-kept` at a
 * privilege act that did not name them, `signed-out` by this request itself, `unresolved` where the client's cookie could
 * not be judged, so that nothing may be created in its place, `invalid` where a field does not fit the schema, `failed`
 * where a write after the first byte failed or its outcome is unknown.
 */
export type DropReason = EndReason | 'gone' | 'not-kept' | 'unresolved' | 'invalid' | 'failed'

/**
 * Why a request or its cookie was refused. `unknown`: a cookie that names a missing or ended session, or by an unknown key;
 * `tampered`: not of the form, or its tag is not true; `twice`: two valid cookies of one name.
 */
export type RefusedReason = 'cross-site' | 'unknown' | 'tampered' | 'twice'

/** What `on` calls. */
export type Listener<Name extends EventName> = (event: EventMap[Name]) => void

/** Events of one `createSessions`. */
export interface Events {
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void
  emit<Name extends EventName>(name: Name, event: EventMap[Name]): void
}

/** How many `refused` events of one reason are let through in a minute; a flood of forgeries must not flood a log. */
const REFUSED_A_MINUTE = 60

/** A listener that throws, or rejects, is reported by `log` and disturbs neither the request nor other listeners. */
export function createEvents(log: (notice: string, error: unknown) => void): Events {
  const listeners = new Map<EventName, Set<(event: never) => void>>()
  const minutes = new Map<RefusedReason, { started: Millis; count: number }>()

  const flooded = (reason: RefusedReason, at: Millis): boolean => {
    const minute = minutes.get(reason)
    if (minute === undefined || at - minute.started >= 60_000 || at < minute.started) {
      minutes.set(reason, { started: at, count: 1 })
      return false
    }
    minute.count += 1
    return minute.count > REFUSED_A_MINUTE
  }

  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener)
      return () => set.delete(listener)
    },
    emit(name, event) {
      const set = listeners.get(name)
      if (set === undefined || set.size === 0) return
      if (name === 'refused' && flooded((event as EventMap['refused']).reason, event.at)) return
      for (const listener of set) {
        const threw = (error: unknown): void => log(`a listener of '${name}' threw`, error)
        try {
          const answer: unknown = listener(event as never)
          if (answer instanceof Promise) answer.catch(threw)
        } catch (error) {
          threw(error)
        }
      }
    },
  }
}
