import type { SessionRequest } from './contract.js'

/**
 * Whether a request came over https. `proxy`: `true` believes the first entry of `X-Forwarded-Proto`, `false` the
 * connection alone, `undefined` Express (`trust proxy`). An encrypted connection is secure whatever it says.
 */
export function isSecure(req: SessionRequest, proxy: boolean | undefined): boolean {
  const { socket } = req as { socket?: { encrypted?: boolean } }
  if (socket?.encrypted) return true
  if (proxy === false) return false
  if (proxy !== true) return req.secure === true
  const header = req.headers['x-forwarded-proto']
  const [first = ''] = String(header ?? '').split(',', 1)
  return first.trim().toLowerCase() === 'https'
}

/** The path that the client asked for, whatever the app was mounted on. */
export function pathOf(req: SessionRequest): string {
  const target = (req.originalUrl ?? req.url) || '/'
  if (target.startsWith('/')) return target.split(/[?#]/, 1)[0] ?? '/'
  // The absolute form (RFC 9112 section 3.2.2), which proxies are sent.
  return URL.canParse(target) ? new URL(target).pathname : target
}
