import type { Arrival } from '../engine/wire.js'
import { parseOrigin } from './origin.js'

/** What is believed of how a request came. */
export interface Scheme {
  /** It came over https, all the way or to a proxy that is trusted. */
  readonly secure: boolean
  /** Host and port as the client named them. */
  readonly host: string | undefined
  /** The client's address. */
  readonly address: string | undefined
  /** The origin that its pages have: `https://example.com`. `null` where no host was named, or none that can be. */
  readonly origin: string | null
  /** The connection and the host are of this very machine, and no proxy has passed the request on. */
  readonly loopback: boolean
}

/**
 * Scheme, host and address of a request. Headers are believed only from proxies that are known to be there.
 *
 * `proxies`: how many stand between the client and this process. Each adds to the right end of `X-Forwarded-For`,
 * `-Proto` and `-Host`, so what lies beyond that many entries was written by the client. Where a proxy overwrites
 * instead, the one entry counts. `0`: the connection alone is believed. `undefined`: the framework's verdict where
 * there is one, else 0.
 */
export function resolveScheme(
  arrival: Pick<Arrival, 'encrypted' | 'peer' | 'framework' | 'header'>,
  proxies: number | undefined,
): Scheme {
  const { framework, peer } = arrival
  const named = arrival.header('host') ?? arrival.header(':authority')
  let secure = arrival.encrypted
  let host = named
  let address = peer
  if (proxies === undefined) {
    if (framework !== undefined) {
      secure = framework.secure
      host = framework.host ?? named
      address = framework.address ?? peer
    }
  } else if (proxies > 0) {
    const proto = forwarded(arrival.header('x-forwarded-proto'), proxies)
    if (proto !== undefined) secure = proto.toLowerCase() === 'https'
    host = forwarded(arrival.header('x-forwarded-host'), proxies) ?? named
    address = forwarded(arrival.header('x-forwarded-for'), proxies) ?? peer
  }
  const { https, http, local } = factsOf(host)
  const loopback = local && isLoopbackPeer(peer) && !FORWARDING.some((name) => arrival.header(name) !== undefined)
  return { secure, host, address, origin: secure ? https : http, loopback }
}

/** What follows from a host alone. */
interface HostFacts {
  readonly host: string | undefined
  readonly https: string | null
  readonly http: string | null
  readonly local: boolean
}

/** Of the host that came last: a site has one or two, and to read one costs more than all the rest. */
let lastFacts = readHost(undefined)

function factsOf(host: string | undefined): HostFacts {
  if (host !== lastFacts.host) lastFacts = readHost(host)
  return lastFacts
}

function readHost(host: string | undefined): HostFacts {
  if (host === undefined) return { host, https: null, http: null, local: false }
  const local = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host)
  return { host, https: parseOrigin(`https://${host}`), http: parseOrigin(`http://${host}`), local }
}

/** What proxies leave in a request. On loopback it tells a visitor of the site from the developer. */
const FORWARDING: readonly string[] = [
  'forwarded',
  'via',
  'x-client-ip',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-real-ip',
]

/** The nth entry from the right, or the first where there are fewer; `undefined` where it is empty. */
function forwarded(list: string | undefined, nth: number): string | undefined {
  if (list === undefined) return undefined
  let end = list.length
  for (let count = 1; ; count += 1) {
    const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1)
    if (count === nth || comma === -1) return list.slice(comma + 1, end).trim() || undefined
    end = comma
  }
}

/** An adapter that cannot know the other end leaves it open: the host decides then. */
function isLoopbackPeer(peer: string | undefined): boolean {
  return peer === undefined || peer === '::1' || peer.startsWith('127.') || /^::ffff:127\./i.test(peer)
}
