import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'

/** Whatever `crypto.createHmac` takes for a key. */
export type Secret = string | NodeJS.ArrayBufferView | KeyObject

/** The id, a dot, and its HMAC-SHA256 in base64 without padding. Throws what `createHmac` throws for a secret that is none. */
export function sign(id: string, secret: Secret): string {
  return `${id}.${tagOf(id, secret)}`
}

/** The id of a signed value that one of the secrets has signed; they are tried in order. */
export function unsign(signed: string, secrets: readonly Secret[]): string | undefined {
  const dot = signed.lastIndexOf('.')
  if (dot === -1) return undefined
  const id = signed.slice(0, dot)
  const tag = Buffer.from(signed.slice(dot + 1))
  for (const secret of secrets) {
    const expected = Buffer.from(tagOf(id, secret))
    if (tag.length === expected.length && timingSafeEqual(tag, expected)) return id
  }
  return undefined
}

function tagOf(id: string, secret: Secret): string {
  return createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')
}
