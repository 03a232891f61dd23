import { checkName } from '../../engine/fields.js'
import { decode } from '../../engine/json.js'
import type { Millis, Row } from '../../engine/row.js'

/** A session as it is to be stored. */
export interface Snapshot {
  /** The JSON text of each top-level property. */
  readonly fields: ReadonlyMap<string, string>
  /** When somebody was last there. */
  readonly seenAt: Millis
  /** When it is over if nobody comes back. */
  readonly endsAt: Millis
}

/** A row outlives its session by this much: a request that is under way, or whose clock is behind, still finds it. */
const SLACK: Millis = 600_000

/** The last moment that JavaScript's dates know, less the slack. */
const FOREVER: Millis = 8_640_000_000_000_000 - SLACK

/** A snapshot with moments that every store can hold. */
export function snapshotOf(fields: ReadonlyMap<string, string>, seenAt: Millis, endsAt: Millis): Snapshot {
  return { fields, seenAt: sound(seenAt), endsAt: sound(endsAt) }
}

function sound(at: Millis): Millis {
  return Math.min(FOREVER, Math.max(0, Math.round(at)))
}

/** The moments of a row that holds this session. */
export function momentsOf({ seenAt, endsAt }: Snapshot): Pick<Row, 'seenAt' | 'expiresAt'> {
  return { seenAt, expiresAt: endsAt + SLACK }
}

/** When a row's session is over if it lasts as long as it was stored for. */
export function endOf({ expiresAt }: Pick<Row, 'expiresAt'>): Millis {
  return expiresAt - SLACK
}

/**
 * Each property as JSON.stringify would write it. What it would leave out is left out. Throws what JSON.stringify throws,
 * and `HOLDFAST_NOT_DATA` or `HOLDFAST_TOO_LARGE` for a name that no field can have.
 */
export function textsOf(session: object): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [name, value] of Object.entries(session)) {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) continue
    checkName(name)
    texts.set(name, text)
  }
  return texts
}

/** The session of these texts. */
export function dataOf(fields: ReadonlyMap<string, string>): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const [name, text] of fields) data[name] = decode(text)
  return data
}

/** Whether a value counts milliseconds. */
export function isMillis(value: unknown): value is Millis {
  return typeof value === 'number' && Number.isFinite(value)
}
