import { request } from 'node:http'
import { connect, type IncomingHttpHeaders } from 'node:http2'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type CookieJar, cookieJar } from '../jar.js'

/** An answer as it came over the wire. */
export interface Answered {
  readonly status: number
  /** Whole `Set-Cookie` values, in order. */
  readonly cookies: readonly string[]
  /** By lower-case name; several lines are joined by `, `. */
  header(name: string): string | undefined
  /** Every header but `Set-Cookie`, as text. */
  readonly head: string
  readonly body: string
}

/** What became of a request. */
export interface Asked {
  readonly method?: string
  /** Several values of one name are sent as several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** Called with each piece of the body. */
  readonly onPiece?: (piece: string) => void
}

/** A server that can be asked. */
export interface Reached {
  /** `http://…` is asked by HTTP/1.1, `https://…` by HTTP/2. */
  readonly url: string
  /** The certificate that the server shows, as PEM. */
  readonly certificate?: string
}

/** A browser: it keeps its cookies, and says that its requests come from the site itself. */
export interface Browser {
  readonly jar: CookieJar
  ask(path: string, asked?: Asked): Promise<Answered>
  get(path: string): Promise<Answered>
  post(path: string): Promise<Answered>
  /** Sends a request and hangs up when `leave` has resolved. */
  leave(path: string, leave: Promise<unknown>): Promise<void>
}

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

/** A browser with a jar of its own. */
export function browserOf(app: Reached, jar: CookieJar = cookieJar({ origin: new URL(app.url).origin })): Browser {
  const headers = (asked?: Asked): NonNullable<Asked['headers']> => {
    const cookie = jar.header('/')
    return { ...SAME_ORIGIN, ...(cookie === undefined ? {} : { cookie }), ...asked?.headers }
  }
  const ask: Browser['ask'] = async (path, asked = {}) => {
    const answer = await send(app, path, { ...asked, headers: headers(asked) })
    jar.take(answer.cookies, '/')
    return answer
  }
  return {
    jar,
    ask,
    get: (path) => ask(path),
    post: (path) => ask(path, { method: 'POST' }),
    leave: (path, leave) =>
      new Promise((resolve) => {
        const call = begin(app, path, { headers: headers() })
        call.failed(() => resolve())
        call.closed(() => resolve())
        void leave.then(() => call.leave())
      }),
  }
}

/** One request on a connection of its own. What comes compressed is read as a browser would. */
export function send(app: Reached, path: string, asked: Asked = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const call = begin(app, path, asked)
    call.failed(reject)
    call.answered((status, headers, source) => {
      let text = ''
      const hasBody = asked.method !== 'HEAD' && status !== 204 && status !== 304
      const body = hasBody && headers['content-encoding'] === 'gzip' ? source.pipe(createGunzip()) : source
      body.setEncoding('utf8')
      body.on('data', (piece: string) => {
        text += piece
        asked.onPiece?.(piece)
      })
      body.on('error', reject)
      source.on('error', reject)
      body.on('end', () => {
        const head = Object.entries(headers).filter(([name]) => name !== 'set-cookie' && !name.startsWith(':'))
        resolve({
          status,
          cookies: headers['set-cookie'] ?? [],
          header(name) {
            const value = headers[name]
            return Array.isArray(value) ? value.join(', ') : value
          },
          head: head.map(([name, value]) => `${name}: ${String(value)}`).join('\n'),
          body: text,
        })
      })
    })
  })
}

/** A request that was sent. */
interface Call {
  answered(then: (status: number, headers: IncomingHttpHeaders, body: Readable) => void): void
  failed(then: (error: Error) => void): void
  closed(then: () => void): void
  /** Hangs up. */
  leave(): void
}

function begin(app: Reached, path: string, asked: Asked): Call {
  return app.url.startsWith('https:') ? beginHttp2(app, path, asked) : beginHttp1(app, path, asked)
}

function beginHttp1({ url }: Reached, path: string, { method = 'GET', headers = {}, body }: Asked): Call {
  const named = { 'accept-encoding': 'gzip', ...(headers as Record<string, string | string[]>) }
  const req = request(new URL(path, url), { method, headers: named, agent: false })
  req.end(body)
  return {
    answered: (then) => void req.on('response', (res) => then(res.statusCode ?? 0, res.headers, res)),
    failed: (then) => void req.on('error', then),
    closed: (then) => void req.on('close', then),
    leave: () => void req.destroy(),
  }
}

function beginHttp2(app: Reached, path: string, { method = 'GET', headers = {}, body }: Asked): Call {
  const { host, ...named } = headers as Record<string, string | string[]>
  const session = connect(app.url, app.certificate === undefined ? {} : { ca: app.certificate })
  const stream = session.request(
    {
      ':method': method,
      ':path': path,
      ':authority': host ?? new URL(app.url).host,
      'accept-encoding': 'gzip',
      ...named,
    },
    { endStream: body === undefined },
  )
  if (body !== undefined) stream.end(body)
  stream.on('close', () => session.close())
  session.on('error', (error) => stream.destroy(error))
  return {
    answered: (then) => void stream.on('response', (head) => then(head[':status'] ?? 0, head, stream)),
    failed: (then) => void stream.on('error', then),
    closed: (then) => void stream.on('close', then),
    leave: () => session.destroy(),
  }
}
