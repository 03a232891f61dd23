/** The ports that an origin is written without (RFC 6454 section 6.2). */
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
])

/**
 * An origin in the one spelling in which origins are compared: lower case, without the scheme's own port. `null` for
 * what is none: a path, user or query, blanks, the word `null`.
 *
 * Not by `new URL`: it forgives what browsers never send, such as blanks, backslashes and users.
 */
export function parseOrigin(text: string): string | null {
  const match = /^([a-z][a-z\d+.-]*):\/\/([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(text)
  if (match === null) return null
  const [, scheme = '', host = '', port] = match
  const origin = `${scheme}://${host}`.toLowerCase()
  if (port === undefined || port === DEFAULT_PORTS.get(scheme.toLowerCase())) return origin
  return `${origin}:${port}`
}
