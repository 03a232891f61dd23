import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { HoldfastError } from '../engine/errors.js'
import type { Key, Keyring } from '../engine/keyring.js'
import { weakness } from './weak-secret.js'

/** What `secret` may be: a text, a list of texts with the newest first, or a keyring. */
export type Secret = string | readonly string[] | Keyring

/**
 * A ring of texts: the first signs, all verify. To roll a secret without signing anyone out, deploy the new one as the
 * last of the list, then as the first, and take the old one out when its sessions are over.
 *
 * Throws `HOLDFAST_SECRET` if there is none, or where a weak one is refused: in production.
 */
export function secretKeyring(
  secret: Secret | undefined,
  settings: { readonly production: boolean; readonly warn: (notice: string) => void },
): Keyring {
  if (typeof secret === 'object' && 'signing' in secret) return secret
  const texts = typeof secret === 'string' ? [secret] : (secret ?? [])
  const [first] = texts
  if (first === undefined || texts.some((text) => typeof text !== 'string' || text === '')) {
    throw new HoldfastError(
      'HOLDFAST_SECRET',
      'there is no secret. Set SESSION_SECRET, for instance to what node -p "crypto.randomBytes(32).toString(\'base64url\')" prints, and pass it as secret.',
    )
  }
  for (const text of texts) check(text, settings)
  const keys = new Map<string, Key>()
  for (const text of texts) {
    const key = keyOf(text)
    if (!keys.has(key.id)) keys.set(key.id, key)
  }
  const signing = keyOf(first).id
  return { signing: () => keys.get(signing) as Key, find: (id) => keys.get(id) }
}

function check(
  text: string,
  { production, warn }: { readonly production: boolean; readonly warn: (notice: string) => void },
): void {
  const weak = weakness(text)
  if (weak === null) return
  const problem = `the secret is weak: ${weak}. Use 32 random bytes, for instance from node -p "crypto.randomBytes(32).toString('base64url')".`
  if (production) throw new HoldfastError('HOLDFAST_SECRET', problem)
  warn(`${problem} In production it is refused.`)
}

/** The text itself is kept by nobody: only what is derived from it, by HKDF (RFC 5869), once for each purpose. */
function keyOf(text: string): Key {
  const material = createSecretKey(Buffer.from(text, 'utf8'))
  const subkeys = new Map<string, KeyObject>()
  const derive = (info: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', material, '', `holdfast ${info}`, bytes))
  return {
    id: derive('key id', 6).toString('base64url').slice(0, 6),
    subkey(purpose) {
      const known = subkeys.get(purpose)
      if (known !== undefined) return known
      const subkey = createSecretKey(derive(purpose, 32))
      subkeys.set(purpose, subkey)
      return subkey
    },
  }
}
