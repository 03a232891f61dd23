import type { Auth, Inspection, Session } from 'holdfast'
import type { ShopData } from './data.js'
import { lifetimesOf } from './lifetimes.js'
import type { EventNote, Notes, RequestNote } from './notes.js'

/** How much is left of a lifetime, in milliseconds. */
export interface Left {
  readonly left: number
  readonly whole: number
}

/** What the server knows of one session. */
export interface SessionView extends Pick<Inspection, 'version' | 'secret'> {
  readonly handle: string
  readonly user: string | null
  readonly auth: Auth | null
  readonly idle: Left
  readonly absolute: Left
  readonly last: RequestNote | undefined
  readonly events: readonly EventNote[]
}

/** Gathers it; `null` where nothing is stored. It reads no field, writes nothing and makes no session. */
export function sessionView(session: Session<ShopData>, notes: Notes, now: number): SessionView | null {
  const { handle, user, auth, expires } = session
  const inspection = session.inspect()
  if (handle === null || inspection === null) return null
  const { version, secret } = inspection
  const whole = lifetimesOf(user)
  return {
    ...{ handle, user, auth, version, secret },
    idle: leftOf(expires.idle, whole.idle, now),
    absolute: leftOf(expires.absolute, whole.absolute, now),
    last: notes.lastOf(handle),
    events: notes.eventsOf(handle),
  }
}

/** Clicks are noted once a minute, so that a session may end up to a minute later than its idle time says. */
function leftOf(end: number | null, whole: number, now: number): Left {
  return { left: Math.min(Math.max(0, (end ?? now) - now), whole), whole }
}
