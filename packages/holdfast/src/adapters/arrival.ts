import type { IncomingMessage } from 'node:http'
import type { Arrival } from '../engine/wire.js'

/** What a framework believes of a request, as {@link Arrival.framework}. */
export type Verdict = NonNullable<Arrival['framework']>

/** A request of node:http, of HTTP/2's compatibility API, and of what stands on them. */
export class NodeArrival implements Arrival {
  readonly method: string
  readonly url: string
  readonly framework?: Verdict
  readonly #req: IncomingMessage

  /** `url`: the target as the client sent it, where a framework has rewritten `req.url`. */
  constructor(req: IncomingMessage, url: string = req.url ?? '/', framework?: Verdict) {
    this.#req = req
    this.method = req.method ?? 'GET'
    this.url = url
    if (framework !== undefined) this.framework = framework
  }

  get encrypted(): boolean {
    return 'encrypted' in this.#req.socket && this.#req.socket.encrypted === true
  }

  get peer(): string | undefined {
    return this.#req.socket.remoteAddress
  }

  /**
   * Node has joined the lines of one name: `cookie` by `; `, others by `, `. Of a header that may come only once, such as
   * `host`, it keeps the first.
   */
  header(name: string): string | undefined {
    const value = this.#req.headers[name]
    if (value === undefined) return name === 'host' ? authority(this.#req) : undefined
    return typeof value === 'string' ? value : value.join(', ')
  }
}

/** HTTP/2 has `:authority` in place of `Host` (RFC 9113 section 8.3.1). */
function authority(req: IncomingMessage): string | undefined {
  const value = req.headers[':authority']
  return typeof value === 'string' ? value : undefined
}
