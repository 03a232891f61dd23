import { type Call, changes } from './act.js'

/**
 * What can go wrong at one act.
 *
 * - `crash-before`: the process ends before the act is sent.
 * - `crash-after`: the act is carried out, and the process ends before its answer arrives.
 * - `lost`: the act is carried out, and the caller gets an error.
 * - `missing`: the act is never carried out, and the caller gets an error.
 * - `late`: the act is carried out and answered, and a second copy of it arrives at any later point.
 * - `delayed`: the caller gets an error, and the act arrives at any later point.
 * - `lost-twice`, `missing-twice`, `delayed-twice`: the same for the process' next act too, which is the second attempt of
 *   a caller that makes one: only then does such a caller see that something went wrong.
 */
export type FaultKind =
  | 'crash-before'
  | 'crash-after'
  | 'lost'
  | 'missing'
  | 'late'
  | 'delayed'
  | 'lost-twice'
  | 'missing-twice'
  | 'delayed-twice'

/** What a fault does. */
export interface Effect {
  /** When the store sees the act. */
  readonly carried: 'now' | 'never' | 'later' | 'now and later'
  readonly told: 'answer' | 'error' | 'nobody'
  /** How many acts of the process in a row are struck. */
  readonly attempts: 1 | 2
}

const effects: Readonly<Record<FaultKind, Effect>> = {
  'crash-before': { carried: 'never', told: 'nobody', attempts: 1 },
  'crash-after': { carried: 'now', told: 'nobody', attempts: 1 },
  lost: { carried: 'now', told: 'error', attempts: 1 },
  missing: { carried: 'never', told: 'error', attempts: 1 },
  late: { carried: 'now and later', told: 'answer', attempts: 1 },
  delayed: { carried: 'later', told: 'error', attempts: 1 },
  'lost-twice': { carried: 'now', told: 'error', attempts: 2 },
  'missing-twice': { carried: 'never', told: 'error', attempts: 2 },
  'delayed-twice': { carried: 'later', told: 'error', attempts: 2 },
}

/** Every kind, in the order in which they are tried. */
export const faultKinds: readonly FaultKind[] = Object.keys(effects) as FaultKind[]

/** One fault at one act: at most one a schedule. */
export interface Fault {
  readonly kind: FaultKind
  readonly process: string
  /** Which act of the process it strikes first. */
  readonly ordinal: number
}

/** What was seen of one act, over all schedules. */
export interface Sighting {
  readonly process: string
  readonly ordinal: number
  readonly wrote: boolean
}

/** What a client of a store gets where an act had no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/**
 * The faults worth trying at an act: what happens to a read besides going missing makes no difference, and a crash before
 * an act is one after the act before it.
 */
export function faultsAt({ process, ordinal, wrote }: Sighting, kinds: readonly FaultKind[]): readonly Fault[] {
  const worth = kinds.filter((kind) => (kind === 'crash-before' ? ordinal === 0 : wrote || concernsReads(kind)))
  return worth.map((kind) => ({ kind, process, ordinal }))
}

/** What a fault does to an act; `null` where it does not strike it. In one order an act may be a read that in another writes. */
export function effectOn(fault: Fault | null, process: string, ordinal: number, call: Call): Effect | null {
  if (fault === null || fault.process !== process || call.kind === 'moment') return null
  const effect = effects[fault.kind]
  if (ordinal < fault.ordinal || ordinal >= fault.ordinal + effect.attempts) return null
  return changes(call) || concernsReads(fault.kind) ? effect : null
}

function concernsReads(kind: FaultKind): boolean {
  const { carried, told } = effects[kind]
  return told === 'nobody' || carried === 'never'
}
