import type { SessionRequest } from './contract.js'
import { debug } from './debug.js'
import { deprecate } from './deprecate.js'
import { type Secret, unsign } from './signature.js'

/**
 * The id that a request presents: from the first cookie of this name in its header, else from what cookie-parser has read,
 * which is out of date. `undefined` where there is none that one of the secrets has signed.
 */
export function presentedId(req: SessionRequest, name: string, secrets: readonly Secret[]): string | undefined {
  const fromHeader = unsigned(firstCookie(req.headers.cookie, name), secrets)
  if (fromHeader) return fromHeader
  const verified = req.signedCookies?.[name]
  const fromParser = verified ? (verified as string) : unsigned(req.cookies?.[name], secrets)
  if (!fromParser) return undefined
  deprecate('cookie should be available in req.headers.cookie')
  return fromParser
}

function unsigned(value: unknown, secrets: readonly Secret[]): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  if (!value.startsWith('s:')) {
    debug('cookie unsigned')
    return undefined
  }
  const id = unsign(value.slice(2), secrets)
  if (id === undefined) debug('cookie signature invalid')
  return id
}

/** The decoded value of the first cookie with this name (RFC 6265 section 5.4 leaves the order to the browser). */
function firstCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals !== -1 && trimmed(pair.slice(0, equals)) === name) return decoded(trimmed(pair.slice(equals + 1)))
  }
  return undefined
}

/** Without spaces and tabs at its ends: other white space is part of a cookie. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')
}

function decoded(value: string): string {
  const bare = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
  if (!bare.includes('%')) return bare
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}
