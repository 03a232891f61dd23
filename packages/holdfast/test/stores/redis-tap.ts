import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy before a Redis server, which counts what goes over the wire. */
export interface Tap {
  readonly url: string
  /** The commands that came since the last `clear`, each with its arguments. */
  readonly commands: readonly (readonly string[])[]
  /** How often a client had to wait for replies since the last `clear`: what is sent in one go is one. */
  readonly roundTrips: number
  clear(): void
  /** Cuts the connection when the server answers the next command of this name, so that the answer is lost. */
  loseAnswerTo(command: string): void
  close(): Promise<void>
}

/** Replies are held for so long, in milliseconds, that all that was sent in one go has come. */
const HELD = 10

/** Puts a tap before the server. */
export async function tap(url: string): Promise<Tap> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const commands: string[][] = []
  let roundTrips = 0
  let lost: string | null = null

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay()
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    let unread = Buffer.alloc(0)
    let replies: Buffer[] = []
    let cut = false
    client.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk])
      for (let parsed = parse(unread); parsed !== null; parsed = parse(unread)) {
        unread = unread.subarray(parsed.length)
        commands.push(parsed.command)
        if (lost !== null && parsed.command[0]?.toLowerCase() === lost) {
          lost = null
          cut = true
        }
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (cut) return client.destroy()
      if (replies.push(chunk) > 1) return
      setTimeout(() => {
        roundTrips += 1
        client.write(Buffer.concat(replies))
        replies = []
      }, HELD)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands,
    get roundTrips() {
      return roundTrips
    },
    clear() {
      commands.length = 0
      roundTrips = 0
    },
    loseAnswerTo(command) {
      lost = command
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The first command, and how many bytes it is; `null` where it has not come whole. Commands are arrays of strings. */
function parse(bytes: Buffer): { readonly command: string[]; readonly length: number } | null {
  let at = 0
  const line = (): string | null => {
    const end = bytes.indexOf('\r\n', at)
    if (end === -1) return null
    const text = bytes.toString('latin1', at, end)
    at = end + 2
    return text
  }
  const count = line()
  if (count === null) return null
  const command: string[] = []
  for (let n = 0; n < Number(count.slice(1)); n += 1) {
    const size = line()
    if (size === null || bytes.length < at + Number(size.slice(1)) + 2) return null
    command.push(bytes.toString('utf8', at, at + Number(size.slice(1))))
    at += Number(size.slice(1)) + 2
  }
  return { command, length: at }
}
