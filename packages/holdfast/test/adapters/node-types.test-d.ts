/** Checked by the compiler: one `withSessions` fits node:http, node:https and both sides of HTTP/2. */
import { createServer } from 'node:http'
import { createServer as createHttp2Server, createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { Sessions } from 'holdfast'
import { withSessions as withFetchSessions } from 'holdfast/fetch'
import { withSessions } from 'holdfast/node'

declare const sessions: Sessions<{ cart: string[] }>

createServer(withSessions(sessions, (req, res) => res.end(sessions.of(req).user)))
createHttpsServer(
  withSessions(sessions, (req, res) => res.writeHead(200, [['X-User', String(req.url)]] as never).end()),
)
createHttp2Server(withSessions(sessions, (req, res) => res.stream.end(req.authority)))
createSecureServer(withSessions(sessions, async (req, res) => void res.end(req.authority)))

// Kept for later, it is one of node:http.
const listener = withSessions(sessions, (req, res) => void res.setHeader('X-Url', req.url ?? ''))
createServer(listener)

interface Environment {
  readonly region: string
}
const handler = withFetchSessions(sessions, (request, env: Environment) => new Response(request.url + env.region), {
  peer: (_request, env) => env.region,
})
export const answer: Promise<Response> = handler(new Request('https://shop.example/'), { region: 'eu' })
// @ts-expect-error: what the handler needs must be handed over
handler(new Request('https://shop.example/'))
