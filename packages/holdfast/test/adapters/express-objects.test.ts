import { type IncomingMessage, ServerResponse } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import express5 from 'express'
import { createSessions, memoryStore, type Sessions } from 'holdfast'
import { sessionMiddleware } from 'holdfast/express'
import { afterEach, describe, expect, test } from 'vitest'
import { SECRET } from './serving.js'
import { express4, get, listen } from './stage.js'

interface Data {
  note: string
}

setFlagsFromString('--allow-natives-syntax')
/** Whether V8 has a hidden class for the own properties of an object. */
const isFast: (object: object) => boolean = new Function('object', 'return %HasFastProperties(object)') as never

const versions = [
  ['express 4', express4, express5],
  ['express 5', express5, express4],
] as const

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function newSessions(): Sessions<Data> {
  const sessions = createSessions<Data>({ secret: SECRET, store: memoryStore(), sweep: false, log: () => undefined })
  closing.push(() => sessions.close())
  return sessions
}

/** Asks for `/write`, then for `/note` with the cookie that came. */
async function writtenBy(app: (req: never, res: never) => unknown): Promise<string> {
  const { port, close } = await listen(app as (req: IncomingMessage, res: ServerResponse) => unknown)
  closing.push(close)
  const [cookie = ''] = (await get(port, '/write')).header('set-cookie')
  return (await get(port, '/note', { headers: [`Cookie: ${cookie.split(';', 1)[0]}`] })).body.toString()
}

/** Routes that write, and answer what was written. */
function addRoutes(app: ReturnType<typeof express4>, sessions: Sessions<Data>): void {
  app.get('/write', (req: IncomingMessage, res: ServerResponse) => {
    sessions.of(req).data.note = 'written'
    res.end('hello')
  })
  app.get('/note', (req: IncomingMessage, res: ServerResponse) => void res.end(sessions.of(req).data.note ?? 'none'))
}

describe.each(versions)('responses of %s', (_name, create, other) => {
  test('keep what is put on them in a table, and so do requests', async () => {
    const sessions = newSessions()
    const app = create()
    const seen: boolean[][] = []
    const look = (req: IncomingMessage, res: ServerResponse, next: () => void): void => {
      seen.push([isFast(req), isFast(res)])
      next()
    }
    app.use(look, sessionMiddleware(sessions), look)
    addRoutes(app as never, sessions)
    expect(await writtenBy(app)).toBe('written')
    expect(seen).toEqual([
      [true, true],
      [false, false],
      [true, true],
      [false, false],
    ])
  })

  test('leave the prototypes of Node as they were', async () => {
    const before = Object.getOwnPropertyDescriptors(ServerResponse.prototype)
    const sessions = newSessions()
    const app = create()
    app.use(sessionMiddleware(sessions))
    addRoutes(app as never, sessions)
    expect(await writtenBy(app)).toBe('written')
    expect(Object.getOwnPropertyDescriptors(ServerResponse.prototype)).toEqual(before)
  })

  test('of an app that is called, not mounted, are held for the session of its caller', async () => {
    for (const inner of [create(), other()]) {
      const sessions = newSessions()
      const app = create()
      app.use(sessionMiddleware(sessions))
      addRoutes(inner as never, sessions)
      app.use((req: IncomingMessage, res: ServerResponse) => void (inner as typeof app)(req as never, res as never))
      expect(await writtenBy(app)).toBe('written')
    }
  })

  test('that leave a mounted app which alone has sessions are still held', async () => {
    const sessions = newSessions()
    const app = create()
    const mounted = create()
    mounted.use(sessionMiddleware(sessions))
    app.use(mounted)
    addRoutes(app as never, sessions)
    expect(await writtenBy(app)).toBe('written')
  })

  test('whose app has an end of its own call it, with a session and without', async () => {
    const sessions = newSessions()
    const app = create()
    let ended = 0
    const { end } = ServerResponse.prototype as { end: (this: ServerResponse, ...args: unknown[]) => ServerResponse }
    Object.assign(app.response, {
      end(this: ServerResponse, ...args: unknown[]) {
        ended += 1
        return end.apply(this, args)
      },
    })
    app.get('/bare', (_req: IncomingMessage, res: ServerResponse) => void res.end('bare'))
    app.use(sessionMiddleware(sessions))
    addRoutes(app as never, sessions)
    expect(await writtenBy(app)).toBe('written')
    expect(ended).toBe(2)
    const { port, close } = await listen(app as never)
    closing.push(close)
    expect((await get(port, '/bare')).body.toString()).toBe('bare')
    expect(ended).toBe(3)
  })

  test('have ended as soon as the last byte is handed over', async () => {
    const sessions = newSessions()
    const app = create()
    app.use(sessionMiddleware(sessions))
    const seen: boolean[] = []
    app.get('/', (req: IncomingMessage, res: ServerResponse) => {
      sessions.of(req).data.note = 'written'
      seen.push(res.writableEnded)
      res.end('hello')
      seen.push(res.writableEnded)
    })
    const { port, close } = await listen(app as never)
    closing.push(close)
    await get(port)
    expect(seen).toEqual([false, true])
  })
})
