/** The storage rules of browsers, to the letter (RFC 6265bis sections 5.6 and 5.7): what they would drop, it drops. */
export class StrictJar {
  readonly #cookies = new Map<string, string>()

  /** Whether the line was taken. `host` is the host of the page that sent it, at `/`. */
  receive(line: string, { host, https }: { host: string; https: boolean }): boolean {
    const [pair = '', ...parts] = line.split(';')
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    if (equals < 1 || Buffer.byteLength(name + value) > 4096) return false
    const attributes = new Map<string, string>()
    for (const part of parts) {
      const [key = '', text = ''] = part.trim().split(/=(.*)/s)
      if (Buffer.byteLength(text) <= 1024) attributes.set(key.toLowerCase(), text)
    }
    const local = host === 'localhost' || host === '127.0.0.1'
    const secure = attributes.has('secure')
    if (secure && !https && !local) return false
    if (attributes.get('samesite') === 'None' && !secure) return false
    if (attributes.has('partitioned') && !secure) return false
    const domain = attributes.get('domain') ?? ''
    if (domain !== '' && host !== domain && !host.endsWith(`.${domain}`)) return false
    const path = attributes.get('path')?.startsWith('/') ? attributes.get('path') : '/'
    const lower = name.toLowerCase()
    if ((lower.startsWith('__secure-') || lower.startsWith('__host-') || lower.startsWith('__http-')) && !secure)
      return false
    if (lower.startsWith('__host-') && (domain !== '' || attributes.get('path') !== '/')) return false
    if (/^__(host-)?http-/.test(lower) && !attributes.has('httponly')) return false
    const key = JSON.stringify([name, domain, path, attributes.has('partitioned')])
    const maxAge = attributes.get('max-age')
    if (maxAge !== undefined && Number(maxAge) <= 0) this.#cookies.delete(key)
    else this.#cookies.set(key, value)
    return true
  }

  get values(): string[] {
    return [...this.#cookies.values()]
  }
}
