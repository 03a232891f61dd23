/** What the sessions hold that are tried to be broken: by every library the same. */
export interface TryData {
  /** What both tabs add to. */
  list: string[]
  /** What only the first tab sets, and only the second. */
  first: string
  second: string
}

/** The two tabs of a browser that act at the same moment. */
export type Tab = 'first' | 'second'

/** What an endpoint tells of the session that it was asked with. */
export interface TryState extends TryData {
  readonly user: string | null
}

/** Fills in what a session does not hold. */
export function stateOf(user: string | null | undefined, data: Partial<TryData>): TryState {
  return { user: user ?? null, list: data.list ?? [], first: data.first ?? '', second: data.second ?? '' }
}
