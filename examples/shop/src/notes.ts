import type { RequestHandler } from 'express'
import type { EventMap, EventName, Sessions } from 'holdfast'
import type { ShopData } from './data.js'
import { Latest } from './latest.js'

/** What the last request of a session did. */
export interface RequestNote {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly at: number
  readonly read: readonly string[]
  readonly wrote: readonly string[]
  readonly merged: readonly string[]
}

/** Something that holdfast told of a session. */
export interface EventNote {
  readonly at: number
  readonly name: EventName
  /** Names of fields, or a reason. */
  readonly about: string
}

/** What the drawer can tell of the past. It is kept in memory and stored nowhere, for the latest sessions alone. */
export interface Notes {
  /** Goes behind the sessions. */
  readonly middleware: RequestHandler
  /** `undefined` where the session has made no request yet that was answered. */
  lastOf(handle: string): RequestNote | undefined
  /** Newest first. */
  eventsOf(handle: string): readonly EventNote[]
}

/** So many events of a session, and characters of a path, are remembered. */
const MOST_EVENTS = 3
const LONGEST_PATH = 80

/** Notes what every request did, and what the sessions tell. */
export function notesOf(sessions: Sessions<ShopData>, now: () => number): Notes {
  const requests = new Latest<RequestNote>()
  const events = new Latest<readonly EventNote[]>()

  const listen = <Name extends EventName>(name: Name, aboutOf: (event: EventMap[Name]) => string = () => '') =>
    sessions.on(name, (event) => {
      if (event.handle === null) return
      const note = { at: event.at, name, about: aboutOf(event) }
      events.set(event.handle, [note, ...(events.get(event.handle) ?? [])].slice(0, MOST_EVENTS))
    })
  listen('created')
  listen('signed-in')
  listen('stepped-up')
  listen('renewed')
  listen('reused', ({ action }) => action)
  listen('stalled', ({ action }) => action)
  listen('dropped', ({ fields, reason }) => `${fields.join(', ')}: ${reason}`)
  listen('overlapped', ({ field }) => field)

  return {
    middleware(req, res, next) {
      const { method, path } = req
      // By then the last changes are written as well.
      res.on('finish', () => {
        const session = sessions.of(req)
        const { handle } = session
        const inspection = session.inspect()
        if (handle === null || inspection === null) return
        const about = { method, path: path.slice(0, LONGEST_PATH), status: res.statusCode, at: now() }
        requests.set(handle, { ...about, ...inspection.request })
      })
      next()
    },
    lastOf: (handle) => requests.get(handle),
    eventsOf: (handle) => events.get(handle) ?? [],
  }
}
