/**
 * The fields of a session as text, without its cookie: whether it is the same as another's says whether it was changed.
 * The order of keys counts. Throws what `JSON.stringify` throws where a field is not JSON.
 */
export function fingerprint(session: object): string {
  return JSON.stringify(session, function (this: unknown, key, value) {
    return this === session && key === 'cookie' ? undefined : value
  })
}
