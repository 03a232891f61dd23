import { type Codec, ownCodec, type Unreadable } from '../engine/credential.js'
import type { Keyring } from '../engine/keyring.js'
import type { Lane, Presented, Readable, Realm, Shown, Transport } from '../engine/transport.js'
import {
  type CookieAttributes,
  type CookiePair,
  clearCookie,
  cookieAttributes,
  cookiesNamed,
  setCookie,
} from './cookie.js'
import { type CookieOptions, cookieRules } from './cookie-options.js'

/** How many cookies of one name are tried. */
const MOST_SAME_NAMED = 4

/** What a door puts in place of holdfast's own codec: one name for everybody, and how its value is written. */
export interface ForeignCookie {
  readonly name: string
  readonly codec: Codec
}

interface Settings {
  readonly ring: () => Keyring
  readonly production: boolean
  readonly notice: (text: string) => void
  readonly foreign?: ForeignCookie
}

const INSECURE =
  'https: over plain http a session could be read on its way. Behind a proxy that ends TLS, set Express’ or Koa’s own trust in it, or proxies: 1.'

/**
 * Credentials in cookies: two names over https; the same without prefix and `Secure` over plain http where both ends are
 * loopback, outside production; elsewhere over plain http no session is started. Throws `HOLDFAST_CONFIG`.
 */
export function cookieTransport(options: CookieOptions, settings: Settings): Transport {
  const { persistent } = cookieRules(options)
  const secure = lane(cookieAttributes(options, false), persistent, null, settings)
  const plain = lane(cookieAttributes(options, true), persistent, null, settings)
  const refused = lane(cookieAttributes(options, false), persistent, INSECURE, settings)
  return {
    lane(scheme) {
      if (scheme.secure) return secure
      if (!scheme.loopback || settings.production) return refused
      settings.notice('plain http on loopback: cookies go without Secure and prefix. In production they need https.')
      return plain
    },
  }
}

function lane(
  attributes: CookiePair<CookieAttributes>,
  persistent: boolean,
  insecure: string | null,
  { ring, foreign }: Settings,
): Lane {
  const cookies = foreign === undefined ? attributes : sharedName(attributes, foreign.name)
  const codecs: CookiePair<Codec> = {
    user: foreign?.codec ?? ownCodec(ring, `cookie ${cookies.user.name}`),
    visitor: foreign?.codec ?? ownCodec(ring, `cookie ${cookies.visitor.name}`),
  }
  const shared = foreign !== undefined
  return {
    insecure,
    shared,
    codec: (realm) => codecs[realm],
    read(arrival): Presented {
      const header = arrival.header('cookie')
      if (header === undefined || insecure !== null) return NOTHING
      const user = shownUnder(codecs.user, header, cookies.user.name)
      const visitor = shared ? null : shownUnder(codecs.visitor, header, cookies.visitor.name)
      return user === null && visitor === null ? NOTHING : { user, visitor, any: true }
    },
    give(realm: Realm, text, lifetime) {
      const seconds = lifetime === null ? Number.POSITIVE_INFINITY : Math.max(0, lifetime / 1_000)
      return setCookie(persistent ? { ...cookies[realm], maxAge: seconds } : cookies[realm], text)
    },
    clear: (realm) => clearCookie(cookies[realm]),
  }
}

const NOTHING: Presented = { user: null, visitor: null, any: false }

function sharedName({ user, visitor }: CookiePair<CookieAttributes>, name: string): CookiePair<CookieAttributes> {
  return { user: { ...user, name }, visitor: { ...visitor, name } }
}

/** Of up to four cookies of one name exactly one may be a credential; of two nobody can say which is the browser's own. */
function shownUnder(codec: Codec, header: string, name: string): Shown {
  const values = cookiesNamed(header, name, MOST_SAME_NAMED)
  const [only] = values
  if (only === undefined) return null
  if (values.length === 1) {
    const read = codec.read(only)
    return typeof read === 'string' ? read : { credential: read, text: only }
  }
  const valid: Readable[] = []
  let unreadable: Unreadable = 'malformed'
  for (const text of new Set(values.slice(0, MOST_SAME_NAMED))) {
    const read = codec.read(text)
    if (typeof read === 'string') {
      if (unreadable === 'malformed' || unreadable === 'tampered') unreadable = read
    } else valid.push({ credential: read, text })
  }
  return valid.length > 1 ? { twice: valid.map(({ credential }) => credential) } : (valid[0] ?? unreadable)
}
