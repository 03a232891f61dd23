/** The Redis that some subjects keep their sessions in, on loopback. What it costs itself is not measured. */
import { createClient } from 'redis'
import { service } from '../scripts/services/service.js'

/** A server of our own, that ends with this process; or why there is none. */
export function ownRedis() {
  return service('redis', { own: true })
}

/**
 * The client that both libraries are given, connected.
 *
 * @param {string} url
 */
export async function clientOf(url) {
  const client = createClient({ url, disableOfflineQueue: true })
  // The server ends before the processes do that are connected to it; a command that needs it fails by itself.
  client.on('error', () => {})
  await client.connect()
  return client
}
