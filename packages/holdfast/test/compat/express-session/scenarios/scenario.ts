import { createHmac } from 'node:crypto'
import type { SessionOptions } from 'holdfast/express-session'
import { type Handler, routes, SECRET, type Setting } from '../site.js'

/** Requests that both modules answer alike. */
export interface Scenario {
  readonly title: string
  readonly options?: SessionOptions
  readonly before?: Setting['before']
  readonly store?: Setting['store']
  readonly handler: Handler
  /** Paths in their order, with what is said beside them. */
  readonly steps: readonly (string | Step)[]
  /** How often ours looks, before it writes a session that was stored, whether it is there still. */
  readonly looks?: number
  /** Milliseconds that pass before each step. */
  readonly passing?: number
}

export interface Step {
  readonly path: string
  /** Not the one of the answer before. */
  readonly cookie?: string | null
  readonly headers?: readonly string[]
}

/** A cookie as the site would have signed it. */
export function signed(id: string, secret: string = SECRET, name = 'connect.sid'): string {
  const tag = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')
  return `${name}=${encodeURIComponent(`s:${id}.${tag}`)}`
}

export const write: Handler = (req, res) => {
  req.session.user = 'ada'
  res.end('written')
}
export const read: Handler = (req, res) => {
  res.end(JSON.stringify([req.session, req.sessionID]))
}
export const count: Handler = (req, res) => {
  req.session.hits = Number(req.session.hits ?? 0) + 1
  res.end(String(req.session.hits))
}
const cookieOf: Handler = (req, res) => {
  req.session.user = 'ada'
  res.end(JSON.stringify(req.session.cookie))
}
/** What most scenarios do with a session. */
export const common = routes({ '/write': write, '/read': read, '/count': count, '/cookie': cookieOf })
