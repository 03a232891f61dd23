import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A loopback port that is free, and that the system hands to nobody else who asks for any: those are above 32767. Another
 * may still take it before it is used, so whoever uses it tries again.
 *
 * @param {number} [beside] the port that lies this far above it is free as well
 * @returns {Promise<number>}
 */
export async function freePort(beside = 0) {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * (beside === 0 ? 20_000 : 10_000))
    if ((await isFree(port)) && (await isFree(port + beside))) return port
  }
}

/**
 * Whether nobody listens at a loopback port.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isFree(port) {
  const server = createServer().listen(port, '127.0.0.1')
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (free) await new Promise((resolve) => server.close(resolve))
  return free
}
