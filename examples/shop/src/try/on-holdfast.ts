import type { Sessions } from 'holdfast'
import { stateOf, type TryData } from './data.js'
import type { Subject } from './endpoints.js'

/** The endpoints' work, done with holdfast. */
export function onHoldfast(sessions: Sessions<TryData>): Subject {
  return {
    state(req) {
      const { user, data } = sessions.of(req)
      return stateOf(user, data)
    },
    reset(req) {
      const { data } = sessions.of(req)
      data.list = []
      delete data.first
      delete data.second
    },
    add(req, entry) {
      const { data } = sessions.of(req)
      data.list ??= []
      data.list.push(entry)
    },
    set(req, tab, text) {
      sessions.of(req).data[tab] = text
    },
    signIn: (req, user) => sessions.of(req).signIn(user),
    signOut: (req) => sessions.of(req).signOut(),
  }
}
