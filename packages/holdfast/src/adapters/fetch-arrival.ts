import type { Arrival } from '../engine/wire.js'

/** A Web standard request. Where it has no `Host`, the host of its URL is meant. */
export class FetchArrival implements Arrival {
  readonly method: string
  readonly url: string
  readonly encrypted: boolean
  readonly peer: string | undefined
  readonly #headers: Headers
  readonly #host: string

  constructor(request: Request, peer: string | undefined) {
    const url = new URL(request.url)
    this.method = request.method
    this.url = url.pathname + url.search
    this.encrypted = url.protocol === 'https:'
    this.peer = peer
    this.#headers = request.headers
    this.#host = url.host
  }

  header(name: string): string | undefined {
    return this.#headers.get(name) ?? (name === 'host' ? this.#host : undefined)
  }
}
