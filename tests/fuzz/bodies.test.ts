import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import express from 'express'
import { array, asyncProperty, assert as check, constantFrom, oneof, record, string, uint8Array } from 'fast-check'
import { createSessions, memoryStore } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { cookieFor } from 'holdfast/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { budget, timeLimit } from './budget.js'

interface Data {
  form: Record<string, string>
}

const sessions = createSessions<Data>({
  secret: 'Zt6Kp2Xw9Mb4Rv7Lq3Nc8Yd5Hs1Gj0FeUiOaAoIuEjWx',
  store: memoryStore(),
  sweep: false,
  log: () => undefined,
})

/** Keeps what was posted, whatever it was. */
const app = express()
app.use(sessionMiddleware(sessions))
app.use(
  express.urlencoded({ extended: false }),
  express.json({ strict: false }),
  express.raw({ type: 'application/x-raw' }),
)
app.post('/form', (req, res) => {
  const session = sessions.of(req)
  const body: unknown = req.body
  // Only text can be a field of a form; the rest of JSON is not what is looked at here.
  const fields = Object.entries(body ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  session.data.form = Object.fromEntries(fields)
  res.json({ user: session.user, kept: Object.keys(session.data.form ?? {}).length })
})
const server = createServer(app)

let cookie = ''
let connection: Socket | null = null

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cookie = (await cookieFor(sessions, 'ada')).cookie ?? ''
})

afterAll(async () => {
  connection?.destroy()
  server.close()
  server.closeAllConnections()
  await sessions.close()
})

/** One request of these very bytes, and the first line of its answer. The connection is kept as long as both sides do. */
async function post(headers: readonly string[], body: Buffer): Promise<string> {
  if (connection === null || connection.destroyed || !connection.writable) {
    connection = connect((server.address() as AddressInfo).port, '127.0.0.1')
    connection.on('error', () => undefined)
    await once(connection, 'connect')
  }
  const socket = connection
  const head = ['POST /form HTTP/1.1', 'Host: 127.0.0.1', `Content-Length: ${body.length}`, ...headers, '', ''].join(
    '\r\n',
  )
  socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]))
  const text = await new Promise<string>((resolve) => {
    let all = ''
    const onData = (piece: Buffer): void => {
      all += piece.toString('latin1')
      const end = all.indexOf('\r\n\r\n')
      const length = /\r\ncontent-length: (\d+)/i.exec(all.slice(0, end + 2))?.[1] ?? '0'
      if (end >= 0 && all.length >= end + 4 + Number(length)) done()
    }
    const done = (): void => {
      socket.off('data', onData).off('close', done)
      resolve(all)
    }
    socket.on('data', onData).on('close', done)
  })
  if (/\r\nconnection: close/i.test(text) || text === '') socket.destroy()
  return text
}

const key = oneof(
  constantFrom('__proto__', 'constructor', 'sid', '__Host-sid', 'user', 'toString', ''),
  string({ maxLength: 12 }),
)
const form = array(record({ key, value: string({ maxLength: 40, unit: 'binary' }) }), { maxLength: 12 }).map((fields) =>
  fields.map((one) => `${escaped(one.key)}=${escaped(one.value)}`).join('&'),
)

/** As a browser would, and what is no text at all left as it is. */
function escaped(text: string): string {
  return /\p{Cs}/u.test(text) ? '%FF' : encodeURIComponent(text)
}

test('no body and no type of one makes an error of ours, or somebody else of the user', {
  timeout: timeLimit,
}, async () => {
  const junk = uint8Array({ maxLength: 300 }).map((part) => Buffer.from(part))
  const body = oneof(
    form.map((text) => Buffer.from(text)),
    junk,
    constantFrom('{"__proto__":{"user":"eve"}}', '[]', '"', 'null').map((text) => Buffer.from(text)),
  )
  const type = oneof(
    constantFrom(
      'application/x-www-form-urlencoded',
      'APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-8',
      'application/json',
      'application/x-raw',
      'text/plain;x',
      '',
    ),
    string({ maxLength: 20, unit: 'grapheme-ascii' }),
  )
  const from = constantFrom(
    'Sec-Fetch-Site: same-origin',
    'Sec-Fetch-Site: foo',
    'Sec-Fetch-Site: cross-site',
    'Origin: null',
    'X-Nothing: 1',
  )
  let posted = 0
  await check(
    asyncProperty(body, type, from, async (bytes, kind, site) => {
      const answer = await post([`Content-Type: ${kind}`, site, `Cookie: ${cookie}`], bytes)
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
      // 400 and 415 are those of the parser of bodies, 403 is that of the guard.
      expect([200, 400, 403, 413, 415]).toContain(status)
      if (site !== 'Sec-Fetch-Site: same-origin') expect(status).toBe(403)
      expect(answer).not.toMatch(/\r\nset-cookie:/i)
      if (status !== 200) return
      posted += 1
      expect(answer).toContain('"user":"ada"')
    }),
    budget('form bodies', 4_000),
  )
  expect(posted).toBeGreaterThan(0)
})
