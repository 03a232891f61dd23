import { type Call, changes } from './act.js'

/**
 * What can go wrong at one act.
 *
 * - `crash-before`: the process ends before the act is sent.
 * - `crash-after`: the act is carried out, and the process ends before its answer arrives.
 * - `lost`: the act is carried out, and the caller gets an error.
 * - `missing`: the act is never carried out, and the caller gets an error.
 * - `late`: the act is carried out and answered, and a second copy of it arrives at any later point.
 */
export type FaultKind = 'crash-before' | 'crash-after' | 'lost' | 'missing' | 'late'

/** Every kind, in the order in which they are tried. */
export const faultKinds: readonly FaultKind[] = ['crash-before', 'crash-after', 'lost', 'missing', 'late']

/** One fault at one act: at most one a schedule. */
export interface Fault {
  readonly kind: FaultKind
  /** The key of the act that it strikes. */
  readonly key: string
}

/** What was seen of the act with one key, over all schedules. */
export interface Sighting {
  readonly key: string
  readonly ordinal: number
  readonly wrote: boolean
}

/** What a client of a store gets where an act had no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/**
 * The faults worth trying at an act: a lost answer or a second copy of a read changes nothing that a lost request does not,
 * and a crash before an act is one after the act before it.
 */
export function faultsAt(sighting: Sighting, kinds: readonly FaultKind[]): readonly Fault[] {
  const { key, ordinal, wrote } = sighting
  return kinds
    .filter((kind) => {
      if (kind === 'crash-before') return ordinal === 0
      return wrote || kind === 'crash-after' || kind === 'missing'
    })
    .map((kind) => ({ kind, key }))
}

/** Whether a fault strikes this very act. In one order an act may be a read that in another is a write. */
export function strikes(fault: Fault | null, key: string, call: Call): fault is Fault {
  if (fault === null || fault.key !== key || call.kind === 'moment') return false
  return fault.kind === 'lost' || fault.kind === 'late' ? changes(call) : true
}
