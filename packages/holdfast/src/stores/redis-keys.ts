/** The names of the keys of the Redis store. All keys of one row lie in one slot of a cluster, whatever the row is. */
import { HoldfastError } from '../engine/errors.js'

/** The characters of a handle, in the order in which Redis sorts them. The first one of a handle names its group. */
export const GROUPS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

/** The keys of one store. Throws `HOLDFAST_CONFIG` for a prefix that is none. */
export class RedisKeys {
  readonly #prefix: string

  constructor(prefix: string) {
    // A brace would decide the slot of every key; a glob or a space would mislead whoever looks with redis-cli.
    if (typeof prefix !== 'string' || !/^[\w.:/-]{1,64}$/.test(prefix)) {
      throw new HoldfastError(
        'HOLDFAST_CONFIG',
        `redisStore: prefix ${JSON.stringify(prefix)} is none; use 1 to 64 letters, digits and "_", ".", ":", "/", "-"`,
      )
    }
    this.#prefix = prefix
  }

  /** The hash that is the row. */
  row(handle: string): string {
    return `${this.#tagged(handle)}${handle.slice(1)}`
  }

  /** The sorted set that says when rows of the group are dead: score = the moment, member = {@link dueMember}. */
  due(group: string): string {
    return `${this.#tagged(group)}due`
  }

  /** The sorted set of the handles of the group's sessions that were not ended; all scores are 0. */
  all(group: string): string {
    return `${this.#tagged(group)}all`
  }

  /** The sorted set of the handles of a user's sessions; all scores are 0. A superset. */
  user(user: string): string {
    return `${this.#prefix}user:${user}`
  }

  /** The sorted set of the handles of a link's sessions; all scores are 0. A superset. */
  link(link: string): string {
    return `${this.#prefix}link:${link}`
  }

  /** The letter beside the first character is the one with which 64 groups spread best over the nodes of a cluster. */
  #tagged(handle: string): string {
    return `${this.#prefix}{${handle.charAt(0)}r}`
  }
}

/** Whom a session is for. */
export interface Owners {
  readonly user: string | null
  readonly link: string | null
}

/** How owners are written in a row and behind its handle in the `due` set: as JSON, or not at all where there are none. */
export function ownersText({ user, link }: Owners): string {
  return user === null && link === null ? '' : JSON.stringify([user, link])
}

/** The owners that {@link ownersText} wrote. */
export function ownersOf(text: string | null | undefined): Owners {
  if (text === null || text === undefined || text === '') return { user: null, link: null }
  const [user, link]: [string | null, string | null] = JSON.parse(text)
  return { user, link }
}

/** A member of a `due` set: the handle, and whose indexes name it, so that they can be tidied when the row is gone. */
export function dueMember(handle: string, owners: Owners): string {
  return handle + ownersText(owners)
}

/** What a member of a `due` set says. */
export function parseDueMember(member: string): { readonly handle: string; readonly owners: Owners } {
  const start = member.indexOf('[')
  if (start === -1) return { handle: member, owners: ownersOf(null) }
  return { handle: member.slice(0, start), owners: ownersOf(member.slice(start)) }
}
