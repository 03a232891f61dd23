import type { SignInOptions } from '../engine/session.js'
import type { Sessions } from '../engine/sessions.js'
import { direct } from './direct.js'

/** What the signed-in session is to be. */
export interface CookieForOptions<Data> extends SignInOptions<Data> {
  /** Where the requests will go: its scheme decides the cookie's name. Default `http://127.0.0.1/`. */
  readonly url?: string
  /** What the session holds. Default: nothing. */
  readonly data?: Partial<Data>
}

/**
 * Headers of a signed-in request, for tests of an application: a `Cookie`, and what passes the cross-site guard. The
 * session is a real one, in the application's own store.
 *
 * ```ts
 * const headers = await cookieFor(sessions, 'ada')
 * await fetch(`${url}/cart`, { method: 'POST', headers })
 * ```
 */
export async function cookieFor<Data extends object>(
  sessions: Sessions<Data>,
  user: string,
  options: CookieForOptions<Data> = {},
): Promise<Record<string, string>> {
  const { url = 'http://127.0.0.1/', data, ...signIn } = options
  const outcome = await direct(sessions, { method: 'POST', url, peer: '127.0.0.1' }, async (session) => {
    await session.signIn(user, signIn)
    Object.assign(session.data, data)
  })
  if (outcome.refusal !== null) throw outcome.refusal.error
  const cookie = outcome.cookies
    .map((line) => line.split(';', 1)[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ')
  return { cookie, 'sec-fetch-site': 'same-origin' }
}
