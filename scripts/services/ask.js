import { createClient } from 'redis'

/**
 * Sends one command to a server that speaks Redis's protocol, on a connection of its own. Rejects where the server cannot
 * be reached, or answers with an error.
 *
 * @param {string | number} server a URL, or a port of 127.0.0.1
 * @param {...string} command
 * @returns {Promise<unknown>}
 */
export async function ask(server, ...command) {
  const url = typeof server === 'number' ? `redis://127.0.0.1:${server}` : server
  const client = createClient({ url, RESP: 2, socket: { reconnectStrategy: false } })
  // It is said by the rejection as well.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.sendCommand(command)
  } finally {
    if (client.isOpen) client.destroy()
  }
}
