import { judgeTime, type Lifetimes } from '../policy/timeouts.js'
import type { Credential } from './credential.js'
import { type Facts, parseFacts } from './facts.js'
import { type Keys, parseKeys } from './keys.js'
import { type Standing, stand } from './renewal.js'
import type { Millis, Row } from './row.js'

/** How long sessions last, by whom they are for. */
export interface Timeouts {
  readonly user: Lifetimes
  readonly visitor: Lifetimes
}

/** What a row is to the credential that names it. */
export type Verdict =
  | {
      readonly is: 'live'
      readonly row: Row
      readonly facts: Facts
      readonly keys: Keys
      readonly lifetimes: Lifetimes
      readonly standing: 'current' | 'graced' | 'offered'
    }
  | { readonly is: 'over'; readonly row: Row; readonly reason: 'idle' | 'absolute' }
  | { readonly is: 'reused'; readonly row: Row; readonly keys: Keys }
  /** Final: no such row, or it was ended. */
  | { readonly is: 'dead'; readonly row: Row | null }
  /** Not final: by a later version's format, or a write was lost. Nothing is touched. */
  | { readonly is: 'newer' | 'ahead' }

/** Decides, from the row and the clock alone. */
export function judge(row: Row | null, credential: Credential, timeouts: Timeouts, now: Millis): Verdict {
  if (row === null || row.kind !== 'session' || row.ended !== null) return { is: 'dead', row }
  const facts = parseFacts(row.facts)
  const keys = parseKeys(row.keys)
  if (facts === null || keys === null) return { is: 'newer' }
  const standing: Standing = stand(keys, credential, now)
  if (standing === 'ahead') return { is: 'ahead' }
  const lifetimes = lifetimesOf(row, facts, timeouts)
  const time = judgeTime(lifetimes, facts.createdAt, row.seenAt, now)
  if (time !== 'live') return { is: 'over', row, reason: time }
  if (standing === 'reused') return { is: 'reused', row, keys }
  return { is: 'live', row, facts, keys, lifetimes, standing }
}

/** A row's own lifetimes, else those of its kind. */
export function lifetimesOf(row: Pick<Row, 'user'>, facts: Facts, timeouts: Timeouts): Lifetimes {
  return facts.timeouts ?? (row.user === null ? timeouts.visitor : timeouts.user)
}
