/**
 * What an answer must say to caches, merged with what the app itself says. Pure text, shared by all adapters.
 */

/**
 * `Cache-Control` of an answer that sets a session cookie: exactly `no-store`, which RFC 9111 section 5.2.2.5 puts above
 * every other directive. Of the app's own only `no-transform` is kept: it is about proxies that rewrite, not about storing.
 */
export function noStore(app: string | undefined): string {
  return tokens(app).includes('no-transform') ? 'no-store, no-transform' : 'no-store'
}

/** `Vary` with `Cookie` in it, once. `*` says more already and stays (RFC 9110 section 12.5.5). */
export function varyByCookie(app: string | undefined): string {
  const names = tokens(app)
  if (names.includes('*')) return '*'
  if (app === undefined || names.length === 0) return 'Cookie'
  return names.includes('cookie') ? app : `${app}, Cookie`
}

/**
 * Whether a header, by its lower-case name, would overrule `Cache-Control` at a cache that it is addressed to
 * (RFC 9213: `CDN-Cache-Control` and its like; `Surrogate-Control` before it). Beside a session cookie it must not stay.
 */
export function overrulesCacheControl(name: string): boolean {
  return name === 'surrogate-control' || name.endsWith('cdn-cache-control')
}

function tokens(list: string | undefined): string[] {
  if (list === undefined) return []
  return list
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '')
}
