import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where to listen. */
export interface Place {
  readonly host: string
  /** 0 for one that the system chooses. */
  readonly port: number
}

/** Reads `HOST` and `PORT`. Throws an error of one line, to be shown as it is, for what is no port. */
export function placeOf(env: { readonly HOST?: string; readonly PORT?: string }): Place {
  const text = env.PORT || '3000'
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new Error(`PORT is ${JSON.stringify(text)}, and should be a number up to 65535.`)
  return { host: env.HOST || '127.0.0.1', port }
}

/** Listens, and answers the address for a browser. Throws an error of one line where that is not possible. */
export async function listen(server: Server, { host, port }: Place): Promise<string> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw new Error(`Cannot listen on ${host}, port ${port}: ${message}`, { cause: error })
    throw new Error(`Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm start`, {
      cause: error,
    })
  }
  const { port: chosen } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${chosen}/`
}
