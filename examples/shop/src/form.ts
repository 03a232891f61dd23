/** The field of a posted form; empty where it is absent or was sent more than once. */
export function fieldOf(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** Where a form says to go on: a path of this shop, or else the fallback. It can name no other site. */
export function ownPath(path: unknown, fallback: string): string {
  return typeof path === 'string' && /^\/(?:[a-z0-9-]+(?:\/[a-z0-9-]+)*)?(?:#[a-z0-9-]+)?$/.test(path) ? path : fallback
}
