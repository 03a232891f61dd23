import { type Codec, ownCodec } from '../../src/engine/credential.js'
import { secretKeyring } from '../../src/keyring/secret-keyring.js'
import { SECRET } from './site.js'

/** The codec that the site itself uses for one of its cookies: what it makes has a true tag. */
export function codecOf(cookie: '__Host-sid' | '__Host-vid', secret: string = SECRET): Codec {
  const ring = secretKeyring(secret, { production: false, warn: () => undefined })
  return ownCodec(() => ring, `cookie ${cookie}`)
}

/** The parts of a credential's text. */
export interface Parts {
  readonly keyId: string
  readonly handle: string
  readonly number: string
  readonly secret: string
  readonly tag: string
}

export function partsOf(credential: string): Parts {
  return {
    keyId: credential.slice(1, 7),
    handle: credential.slice(7, 29),
    number: credential.slice(29, 33),
    secret: credential.slice(33, 76),
    tag: credential.slice(76),
  }
}

/** The values of the cookies that these `Set-Cookie` lines hand out; removals are none. */
export function handedOut(cookies: readonly string[]): string[] {
  return cookies.map((line) => /^[^=]+=([^;]*)/.exec(line)?.[1] ?? '').filter((value) => value !== '')
}
