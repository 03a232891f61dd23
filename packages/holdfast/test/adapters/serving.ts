import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Reply, Route, Served } from '../../src/testing/adapter-kit.js'
import { listen } from './stage.js'

export const SECRET = 'Vh3Kd8Rz1Wq6Mx4Bn9Tf2Lc7Yp5Gs0JjEuAoIiXvUeQt'

/** The ways in which an app sends an answer on node:http. */
export const WAYS = [
  'setHeader',
  'writeHead with an object',
  'writeHead with a flat array',
  'compression before',
  'compression after',
] as const

/** Sends a reply as an app would that has this way of doing it. */
export function sendReply(res: ServerResponse, { status = 200, headers = [], body }: Reply, way: string): unknown {
  const named = new Map<string, string[]>()
  for (const [name, value] of headers) named.set(name, [...(named.get(name) ?? []), value])
  if (way === 'writeHead with an object') {
    res.writeHead(status, Object.fromEntries(named))
  } else if (way === 'writeHead with a flat array') {
    res.writeHead(status, headers.flat())
  } else {
    res.statusCode = status
    for (const [name, values] of named) res.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
  }
  if (body === undefined) return res.end()
  return typeof body === 'string' ? res.end(body) : pipeline(Readable.from(body), res)
}

/** Whether a route is for this request. */
export function matches({ method, path }: Route, req: IncomingMessage): boolean {
  const asked = req.method === 'HEAD' ? 'GET' : req.method
  return method === asked && path === (req.url ?? '').split('?', 1)[0]
}

export async function served(listener: RequestListener): Promise<Served> {
  const { port, close } = await listen(listener)
  return { url: `http://127.0.0.1:${port}`, close }
}
