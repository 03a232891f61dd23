import { request } from 'node:http'
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

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Called with each piece of the body. */
  readonly onPiece?: (piece: string) => void
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

export function browserOf(url: string, jar: CookieJar = cookieJar({ origin: 'http://127.0.0.1' })): Browser {
  const headers = (asked?: Asked): Record<string, string> => {
    const cookie = jar.header('/')
    return { ...SAME_ORIGIN, ...(cookie === undefined ? {} : { cookie }), ...asked?.headers }
  }
  const ask: Browser['ask'] = async (path, asked = {}) => {
    const answer = await send(new URL(path, url), { ...asked, headers: headers(asked) })
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
        const req = request(new URL(path, url), { headers: headers(), agent: false })
        req.on('error', () => resolve())
        req.on('close', () => resolve())
        req.end()
        void leave.then(() => req.destroy())
      }),
  }
}

/** One request on a connection of its own. What comes compressed is read as a browser would. */
export function send(url: URL, { method = 'GET', headers = {}, body: sent, onPiece }: Asked = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const accepting = { 'accept-encoding': 'gzip', ...headers }
    const req = request(url, { method, headers: accepting, agent: false }, (res) => {
      let text = ''
      const hasBody = method !== 'HEAD' && res.statusCode !== 204 && res.statusCode !== 304
      const body = hasBody && res.headers['content-encoding'] === 'gzip' ? res.pipe(createGunzip()) : res
      body.setEncoding('utf8')
      body.on('data', (piece: string) => {
        text += piece
        onPiece?.(piece)
      })
      body.on('error', reject)
      res.on('error', reject)
      body.on('end', () => {
        const head = Object.entries(res.headers)
          .filter(([name]) => name !== 'set-cookie')
          .map(([name, value]) => `${name}: ${String(value)}`)
        resolve({
          status: res.statusCode ?? 0,
          cookies: res.headers['set-cookie'] ?? [],
          header(name) {
            const value = res.headers[name]
            return Array.isArray(value) ? value.join(', ') : value
          },
          head: head.join('\n'),
          body: text,
        })
      })
    })
    req.on('error', reject)
    req.end(sent)
  })
}
