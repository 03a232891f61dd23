import { createClient } from 'redis'
import { service } from '../scripts/services/service.js'

/** A client of a Redis of its own, on loopback, which ends with this process. What the server costs is not measured. */
export async function openRedis() {
  const server = await service('redis', { own: true })
  if ('missing' in server) throw new Error(`The works on Redis cannot be measured: ${server.missing}`)
  const client = createClient({ url: server.url, disableOfflineQueue: true })
  await client.connect()
  return client
}
