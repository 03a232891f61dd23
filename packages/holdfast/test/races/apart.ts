import { randomBytes } from 'node:crypto'
import type { Ended, Row, Store } from '../../src/engine/row.js'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Keeps a run apart from others on the same store, though all have the same users: every name gets the run's mark, and every
 * handle is turned by a key of its own, since the handle of a user's fence follows from the name. Answers the way to a store
 * for the nodes of that run.
 */
export function runApart(): (store: Store) => Store {
  const key = [...randomBytes(22)].map((byte) => byte % 64)
  const mark = `/${randomBytes(9).toString('base64url')}`
  // Each digit is turned by exclusive or: turned twice, it is what it was.
  const turn = (handle: string): string => {
    let turned = ''
    for (let at = 0; at < handle.length; at++) {
      turned += DIGITS.charAt(DIGITS.indexOf(handle.charAt(at)) ^ (key[at % key.length] as number))
    }
    return turned
  }
  const marked = (name: string | null): string | null => (name === null ? null : name + mark)
  const plain = (name: string | null): string | null => (name === null ? null : name.slice(0, -mark.length))
  const ended = (tomb: Ended | null): Ended | null =>
    tomb === null || tomb.successor === null ? tomb : { ...tomb, successor: turn(tomb.successor) }
  const back = (row: Row): Row => ({
    ...row,
    handle: turn(row.handle),
    user: plain(row.user),
    link: plain(row.link),
    ended: ended(row.ended),
  })
  return (store) => ({
    name: store.name,
    create: (row, now) =>
      store.create({ ...row, handle: turn(row.handle), user: marked(row.user), link: marked(row.link) }, now),
    async get(handle, now, fresh) {
      const row = await store.get(turn(handle), now, fresh)
      return row === null ? null : back(row)
    },
    patch: (handle, patch, now) => store.patch(turn(handle), patch, now),
    async end(handle, ending, now) {
      const { successor } = ending
      const turned = successor === undefined ? ending : { ...ending, successor: turn(successor) }
      const row = await store.end(turn(handle), turned, now)
      return typeof row === 'object' && row !== null ? back(row) : row
    },
    async find(index, now, cursor, limit) {
      const asked =
        'user' in index ? { user: index.user + mark } : 'link' in index ? { link: index.link + mark } : index
      const page = await store.find(asked, now, cursor, limit)
      const rows = page.rows.map((row) => ({
        ...row,
        handle: turn(row.handle),
        user: plain(row.user),
        link: plain(row.link),
      }))
      return { ...page, rows }
    },
    close: () => store.close(),
  })
}
