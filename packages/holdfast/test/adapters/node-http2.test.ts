import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { withSessions } from 'holdfast/node'
import { test } from 'vitest'
import { adapterKit } from '../../src/testing/adapter-kit.js'
import { selfSigned } from './certificate.js'
import { matches, sendReply, WAYS } from './serving.js'
import { compression } from './stage.js'

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown

const { cert, key } = selfSigned()

adapterKit({
  test,
  name: 'HTTP/2',
  ways: WAYS,
  async serve(sessions, routes, way) {
    const squeeze = compression({ threshold: 0 })
    const app: Listener = withSessions(sessions, async (req, res) => {
      try {
        const route = routes.find((one) => matches(one, req))
        const reply = route === undefined ? { status: 404, body: 'not found' } : await route.handle(sessions.of(req))
        const answer = (): unknown => sendReply(res, reply, way)
        await (way === 'compression after' ? squeeze(req, res, answer) : answer())
      } catch {
        res.statusCode = 500
        res.end('error')
      }
    })
    const listener: Listener = way === 'compression before' ? (req, res) => squeeze(req, res, () => app(req, res)) : app
    // Its compatibility API is that of node:http as far as this app goes.
    const server = createSecureServer({ cert, key }, listener as never)
    const connections = new Set<ServerHttp2Session>()
    server.on('session', (session) => connections.add(session))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificate: cert,
      async close() {
        for (const connection of connections) connection.destroy()
        await new Promise<void>((resolve) => server.close(() => resolve()))
      },
    }
  },
})
