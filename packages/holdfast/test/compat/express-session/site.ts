import type { IncomingMessage, ServerResponse } from 'node:http'
import express5 from 'express'
import type { MemoryStore, Session, SessionModule, SessionOptions } from 'holdfast/express-session'
import { onTestFinished } from 'vitest'
import { express4, get, listen, type Reply } from '../../adapters/stage.js'

export const SECRET = 'keyboard cat'

/** What a handler gets. */
export interface Req extends IncomingMessage {
  session: Session
  sessionID: string
  sessionStore: MemoryStore
  secure?: boolean
}

export type Next = (error?: unknown) => void
export type Handler = (req: Req, res: ServerResponse, next: Next) => unknown

export const frameworks = ['node:http', 'express 4', 'express 5'] as const
export type Framework = (typeof frameworks)[number]

export interface Setting {
  readonly framework?: Framework
  /** Laid over a secret, `resave: false`, `saveUninitialized: false`, ids by number and a store that records. */
  readonly options?: SessionOptions | undefined
  /** Runs before the sessions. */
  readonly before?: ((req: Req, res: ServerResponse) => void) | undefined
  /** Done to the store before it serves. */
  readonly store?: ((store: MemoryStore) => void) | undefined
  readonly handler: Handler
}

/** A site on one of the two modules. */
export interface Site {
  readonly port: number
  readonly store: MemoryStore
  /** The acts of the store in their order. */
  readonly log: string[]
  /** What went to `next` or was thrown, by its message. */
  readonly errors: string[]
  /** One request, with the cookie that came with the answer before if it is not given. */
  visit(path?: string, options?: { cookie?: string | null; headers?: readonly string[] }): Promise<Reply>
  /** The cookie as the browser has it now. */
  cookie(): string | null
}

export const listener = (
  framework: Framework,
  middleware: (req: IncomingMessage, res: ServerResponse, next: Next) => void,
  { before, handler }: Pick<Setting, 'before' | 'handler'>,
  errors: string[],
): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const failed = (error: unknown, res: ServerResponse): void => {
    errors.push((error as Error).message)
    if (res.headersSent) return
    res.statusCode = 500
    res.end((error as Error).message)
  }
  const enter = (req: IncomingMessage, res: ServerResponse, next: Next): void => {
    before?.(req as Req, res)
    middleware(req, res, next)
  }
  if (framework === 'node:http') {
    return (req, res) => {
      const next: Next = (error) => {
        if (error) return failed(error, res)
        try {
          handler(req as Req, res, next)
        } catch (problem) {
          failed(problem, res)
        }
      }
      try {
        enter(req, res, next)
      } catch (problem) {
        failed(problem, res)
      }
    }
  }
  const app = framework === 'express 4' ? express4() : express5()
  app.set('env', 'test')
  app.disable('x-powered-by')
  app.use(enter)
  app.use((req: IncomingMessage, res: ServerResponse, next: Next) => {
    handler(req as Req, res, next)
  })
  app.use((error: unknown, _req: IncomingMessage, res: ServerResponse, _next: Next) => failed(error, res))
  return app
}

/** Serves until the test is over. */
export async function site(module: SessionModule, setting: Setting): Promise<Site> {
  const store = new module.MemoryStore()
  const log: string[] = []
  setting.store?.(store)
  for (const name of ['get', 'set', 'touch', 'destroy'] as const) {
    const act = store[name] as ((...args: unknown[]) => unknown) | undefined
    if (act === undefined) continue
    const recorded = function (this: unknown, ...args: unknown[]): unknown {
      log.push(name)
      return act.apply(this, args)
    }
    Reflect.set(store, name, recorded)
  }
  let ids = 0
  const middleware = module({
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
    store,
    genid: () => `id-${++ids}`,
    ...setting.options,
  })
  const errors: string[] = []
  const { port, close } = await listen(listener(setting.framework ?? 'node:http', middleware, setting, errors))
  onTestFinished(close)
  let jar: string | null = null
  return {
    port,
    store,
    log,
    errors,
    cookie: () => jar,
    async visit(path = '/', { cookie = jar, headers = [] } = {}) {
      const lines = cookie === null ? [...headers] : [...headers, `Cookie: ${cookie}`]
      const reply = await get(port, path, { headers: lines })
      for (const line of reply.header('set-cookie')) {
        if (!line.startsWith('other=')) jar = line.split(';', 1)[0] ?? null
      }
      return reply
    },
  }
}

/** A handler by path. */
export function routes(table: Readonly<Record<string, Handler>>): Handler {
  return (req, res, next) => {
    const path = (req.url ?? '').split('?', 1)[0] ?? ''
    const handler = table[path]
    if (handler === undefined) return next(new Error(`no route ${path}`))
    return handler(req, res, next)
  }
}
