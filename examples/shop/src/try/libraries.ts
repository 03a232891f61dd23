/** What is tried, by the part of the path that it is served under. */
export type Library = 'holdfast' | 'express-session' | 'express-session-bare'

/** The names of the cookies of each; holdfast's may carry a prefix. */
export const cookiesOf: Readonly<Record<Library, readonly string[]>> = {
  holdfast: ['try-sid', 'try-vid', '__Host-try-sid', '__Host-try-vid'],
  'express-session': ['connect.sid'],
  'express-session-bare': ['bare.sid'],
}

/** The library of that name; `null` where there is none. */
export function libraryOf(name: unknown): Library | null {
  return typeof name === 'string' && Object.hasOwn(cookiesOf, name) ? (name as Library) : null
}
