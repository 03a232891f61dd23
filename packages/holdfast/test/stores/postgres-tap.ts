import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

/** What went over the wire since the last look. */
export interface Heard {
  /** How often a client sent something and waited for what the server said to it. */
  readonly roundTrips: number
  /** What each message that prepares a statement calls it; `''` is the statement without a name. */
  readonly prepared: readonly string[]
}

/** A proxy before a server that counts what passes. */
export interface Tap {
  readonly url: string
  /** What one piece of work costs, all connections together. */
  heard(work: () => unknown): Promise<Heard>
  close(): Promise<void>
}

/** Starts a proxy on this machine before the Postgres server at this URL, wherever that is. It cannot look into TLS. */
export async function tap(url: string): Promise<Tap> {
  const { hostname, port } = new URL(url)
  const behind = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 5432) }
  const sockets = new Set<Socket>()
  let roundTrips = 0
  let prepared: string[] = []
  const proxy = createServer((client) => {
    const server = createConnection(behind)
    const read = reader((type, body) => {
      if (type === 'P') prepared.push(body.toString('utf8', 0, body.indexOf(0)))
    })
    let isClientsTurn = true
    client.on('data', (chunk) => {
      if (isClientsTurn) roundTrips += 1
      isClientsTurn = false
      read(chunk)
      server.write(chunk)
    })
    server.on('data', (chunk) => {
      isClientsTurn = true
      client.write(chunk)
    })
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.on('error', () => undefined)
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const tapped = new URL(url)
  tapped.hostname = '127.0.0.1'
  tapped.port = String((proxy.address() as AddressInfo).port)
  return {
    url: tapped.href,
    async heard(work) {
      roundTrips = 0
      prepared = []
      await work()
      return { roundTrips, prepared }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

/**
 * Takes what a client sends apart: a startup message without a type, then a letter, a length and a body each
 * (PostgreSQL, Frontend/Backend Protocol, Message Formats).
 */
function reader(message: (type: string, body: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0)
  let isStarted = false
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const start = isStarted ? 1 : 0
      if (pending.length < start + 4) return
      const end = start + pending.readUInt32BE(start)
      if (pending.length < end) return
      if (isStarted) message(String.fromCharCode(pending[0] ?? 0), pending.subarray(5, end))
      isStarted = true
      pending = pending.subarray(end)
    }
  }
}
