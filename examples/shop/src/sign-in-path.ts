import { ownPath } from './form.js'

/** The address of the sign-in page that leads on to a path of this shop. */
export function signInPath(next: string): string {
  return withNext('/sign-in', next)
}

/** A path that remembers where to go on from there. */
export function withNext(path: string, next: string): string {
  const own = ownPath(next, '/')
  return own === '/' ? path : `${path}?next=${encodeURIComponent(own)}`
}
