import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { type AddressInfo, connect } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import express5 from 'express'
import express4Typed from 'express4'
import { expect, onTestFinished, vi } from 'vitest'
import { hold } from '../../src/adapters/held-response.js'
import type { Awaitable } from '../../src/engine/row.js'
import type { Answer, Exchange, Refusal } from '../../src/engine/wire.js'

/** Its types are not those of Express 5; what the tests use is the same. */
export const express4 = express4Typed as unknown as typeof express5

type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void

// It has no types of its own.
export const compression: (options?: { threshold?: number }) => Middleware = createRequire(import.meta.url)(
  'compression',
)

export const frameworks = ['node:http', 'express 4', 'express 5'] as const
/** Where compression stands: nowhere, mounted before us, or after us. */
export const squeezes = ['none', 'before', 'after'] as const
/** When the response is armed: before the handler, or by the handler itself. */
export const armings = ['at open', 'by the handler'] as const

export type Handler = (req: IncomingMessage, res: ServerResponse) => unknown

export interface Setting {
  readonly framework: (typeof frameworks)[number]
  readonly squeeze: (typeof squeezes)[number]
  readonly arming: (typeof armings)[number]
}

export const plainSetting: Setting = { framework: 'node:http', squeeze: 'none', arming: 'at open' }

export function settings(): Setting[] {
  return frameworks.flatMap((framework) =>
    squeezes.flatMap((squeeze) => armings.map((arming) => ({ framework, squeeze, arming }))),
  )
}

export function named({ framework, squeeze, arming }: Setting): string {
  return `${framework}, ${squeeze === 'none' ? 'no compression' : `compression ${squeeze}`}, armed ${arming}`
}

export const NOTHING: Answer = { cookies: [], cache: null }
export const COOKIE: Answer = { cookies: ['sid=1; Path=/; HttpOnly'], cache: 'no-store' }
export const DOWN: Refusal = {
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '5' },
  body: 'Service Unavailable (HOLDFAST_STORE)\n',
  error: new Error('the store is down'),
}

/** What an engine answers is in the test's hands. */
export class FakeExchange implements Exchange<null> {
  readonly session = null
  settled = 0
  finished = 0
  readonly #settle: () => Awaitable<Answer | Refusal>
  readonly #finish: () => Awaitable<void>

  constructor(
    settle: () => Awaitable<Answer | Refusal> = () => NOTHING,
    finish: () => Awaitable<void> = () => undefined,
  ) {
    this.#settle = settle
    this.#finish = finish
  }

  settle(): Awaitable<Answer | Refusal> {
    this.settled += 1
    return this.#settle()
  }

  finish(): Awaitable<void> {
    this.finished += 1
    return this.#finish()
  }
}

/** Answers on a later turn of the event loop, as a store would. */
export function later<T>(value: T): () => Promise<T> {
  return () => new Promise((resolve) => setImmediate(() => setImmediate(resolve, value)))
}

/** A promise, and what resolves it. */
export function gate<T = void>(): { readonly promise: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open: (value) => open(value) }
}

/** A listener in which the response is held for an exchange, or, with `null`, the same without us. */
export function staged(
  setting: Setting,
  exchange: Exchange<unknown> | null,
  handler: Handler,
): (req: IncomingMessage, res: ServerResponse) => void {
  const arm: Middleware = (_req, res, next) => {
    if (exchange !== null) hold(res, exchange)
    next()
  }
  const squeeze = compression({ threshold: 0 })
  const chain: Middleware[] = []
  if (setting.squeeze === 'before') chain.push(squeeze)
  if (setting.arming === 'at open') chain.push(arm)
  if (setting.squeeze === 'after') chain.push(squeeze)
  if (setting.arming === 'by the handler') chain.push(arm)
  if (setting.framework === 'node:http') {
    return (req, res) => {
      const step = (at: number): unknown => {
        const next = chain[at]
        return next === undefined ? handler(req, res) : next(req, res, () => step(at + 1))
      }
      step(0)
    }
  }
  const app = setting.framework === 'express 4' ? express4() : express5()
  app.set('env', 'test')
  for (const middleware of chain) app.use(middleware)
  app.use((req: IncomingMessage, res: ServerResponse) => handler(req, res))
  return app
}

/** Serves one handler until the test is over. With `null` for an exchange the response is the handler's to hold. */
export async function serve(
  handler: Handler,
  setting: Setting = plainSetting,
  exchange: Exchange<unknown> | null = null,
): Promise<Stage> {
  const stage = await listen(staged(setting, exchange, handler))
  onTestFinished(() => stage.close())
  return stage
}

export const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { interval: 1, timeout: 5_000 })

export interface Stage {
  readonly port: number
  readonly server: Server
  close(): Promise<void>
}

export function listen(
  listener: (req: IncomingMessage, res: ServerResponse) => void,
  options: object = {},
): Promise<Stage> {
  const server = createServer(options, listener)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const close = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done())
          server.closeAllConnections()
        })
      resolve({ port: (server.address() as AddressInfo).port, server, close })
    })
  })
}

/** An answer as it came over the wire. */
export interface Reply {
  /** All of it, but for the date. */
  readonly raw: string
  readonly status: number
  /** As sent, with the case of their names; without the date. */
  readonly lines: readonly string[]
  header(name: string): string[]
  /** Without chunks and compression. */
  readonly body: Buffer
  readonly trailers: readonly string[]
}

/** Sends one request, reads until the server closes, and answers all that came. */
export async function exchangeBytes(port: number, request: string | Buffer): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(request)
  await new Promise<void>((resolve, reject) => {
    socket.on('close', () => resolve())
    socket.on('end', () => socket.end())
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve() : reject(error)))
  })
  return Buffer.concat(chunks)
}

export async function get(port: number, path = '/', { method = 'GET', headers = [] as string[] } = {}): Promise<Reply> {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    'Accept-Encoding: gzip',
    ...headers,
  ]
  return parse(await exchangeBytes(port, `${lines.join('\r\n')}\r\n\r\n`))
}

export function parse(bytes: Buffer): Reply {
  const text = bytes.toString('latin1')
  let start = 0
  // Informational answers come before the real one.
  while (/^HTTP\/1\.1 1\d\d /.test(text.slice(start, start + 16))) start = text.indexOf('\r\n\r\n', start) + 4
  const headEnd = text.indexOf('\r\n\r\n', start)
  const [statusLine = '', ...all] = text.slice(start, headEnd).split('\r\n')
  const lines = all.filter((line) => !line.toLowerCase().startsWith('date:'))
  const header = (name: string): string[] =>
    lines
      .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      .map((line) => line.slice(name.length + 1).trim())
  const rest = bytes.subarray(headEnd + 4)
  const { body, trailers } = header('transfer-encoding').includes('chunked')
    ? dechunk(rest)
    : { body: rest, trailers: [] }
  const [coding] = header('content-encoding')
  const decoded =
    body.length === 0
      ? body
      : coding === 'gzip'
        ? gunzipSync(body)
        : coding === 'br'
          ? brotliDecompressSync(body)
          : body
  return {
    raw: text.replace(/\r\nDate: [^\r]*/i, ''),
    status: Number(statusLine.split(' ')[1]),
    lines: [statusLine, ...lines],
    header,
    body: decoded,
    trailers,
  }
}

function dechunk(bytes: Buffer): { body: Buffer; trailers: string[] } {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) throw new Error('the body broke off')
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    at = lineEnd + 2
    if (size === 0) break
    if (at + size > bytes.length) throw new Error('the body broke off')
    parts.push(bytes.subarray(at, at + size))
    at += size + 2
  }
  const trailers = bytes
    .toString('latin1', at)
    .split('\r\n')
    .filter((line) => line !== '')
  return { body: Buffer.concat(parts), trailers }
}
