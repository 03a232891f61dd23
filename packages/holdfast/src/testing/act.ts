import type { Ending, Index, Patch, Row } from '../engine/row.js'

/** What an act asks for: a call of the store, or a moment, which asks for nothing and only takes its place in the order. */
export type Call =
  | { readonly kind: 'create'; readonly row: Row }
  | { readonly kind: 'get'; readonly handle: string }
  | { readonly kind: 'patch'; readonly handle: string; readonly patch: Patch }
  | { readonly kind: 'end'; readonly handle: string; readonly ending: Ending }
  | { readonly kind: 'find'; readonly index: Index }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'moment'; readonly name: string; readonly conflicts: Conflicts }

/** Decides with which acts a moment may not change places. */
export type Conflicts = (act: Act) => boolean

/** One act of one process: what a schedule puts in order. */
export interface Act {
  /** `process:ordinal`. The same act has the same key in every run that began with the same choices. */
  readonly key: string
  /** Acts of one thread are in a fixed order. A process is a thread; an act that arrives late is one of its own. */
  readonly thread: string
  readonly process: string
  /** 0 for the first act of its process, in the order in which the process asked for them. */
  readonly ordinal: number
  readonly call: Call
  /** The row it is about: `null` for `find`, `sweep` and moments. Random, so it differs between runs. */
  readonly handle: string | null
  /** Whose row it is, as its `create` said; `null` where that is not known, and for records, which are never found. */
  readonly found: { readonly user: string | null; readonly link: string | null } | null
  /** Position in the schedule of the act whose answer led to this one; -1 where none did. */
  readonly after: number
  /** `true` where a fault keeps it from the store, for the time being or for ever: it changes places with everything. */
  readonly idle: boolean
}

/** Whether a call may change the store. */
export function changes(call: Call): boolean {
  return call.kind === 'create' || call.kind === 'patch' || call.kind === 'end' || call.kind === 'sweep'
}

/** Whether an act may change the store. */
export function writes(act: Act): boolean {
  return !act.idle && changes(act.call)
}
