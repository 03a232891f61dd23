import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What came back through a gate. */
export interface Answer {
  /** `POST /cart`. */
  readonly to: string
  readonly status: number
  /** Its `Set-Cookie` lines. */
  readonly cookies: readonly string[]
}

/** A request on its way, with a gate shut before or behind it. */
export interface Held {
  /** Fulfilled when there is nothing to do any more but to open the gate. */
  readonly reached: Promise<void>
  /** Lets it go on, and answers what the site said to it, once that is on its way to the browser. */
  open(): Promise<Answer>
}

/** A wire between browser and site, on which things can be made to wait. It changes nothing that passes. */
export interface Gate {
  /** Ends in a slash. */
  readonly url: string
  /** Everything that came back, in the order in which it went on to the browser. */
  readonly answers: readonly Answer[]
  /**
   * Shuts the gate before the body of the next such request (`POST /cart`). It is reached when the site has begun to work
   * on the request: it has answered `100 Continue`.
   */
  holdBody(to: string): Held
  /** Shuts the gate behind the next such request: the site has done its work, and the browser does not know. */
  holdAnswer(to: string): Held
  close(): Promise<void>
}

interface Point {
  readonly to: string
  readonly at: 'body' | 'answer'
  readonly opened: Promise<void>
  reach(): void
  done(answer: Answer): void
}

/** Lays a wire to a site. */
export async function layGate(site: string): Promise<Gate> {
  const { hostname, port } = new URL(site)
  const answers: Answer[] = []
  const points: Point[] = []

  async function pass(asked: IncomingMessage, given: ServerResponse): Promise<void> {
    const to = `${asked.method} ${new URL(asked.url ?? '', site).pathname}`
    const held = points.findIndex((point) => point.to === to)
    const point = held === -1 ? undefined : points.splice(held, 1)[0]
    const headers = point?.at === 'body' ? { ...asked.headers, expect: '100-continue' } : asked.headers
    const onward = request({ hostname, port, agent: false, method: asked.method, path: asked.url, headers })
    const answered = once(onward, 'response') as Promise<[IncomingMessage]>
    answered.catch(() => undefined) // told below, where it is awaited

    if (point?.at === 'body') {
      onward.flushHeaders()
      await once(onward, 'continue')
      point.reach()
      await point.opened
    }
    asked.pipe(onward)
    const [answer] = await answered
    const pieces: Buffer[] = []
    for await (const piece of answer) pieces.push(piece)
    if (point?.at === 'answer') {
      point.reach()
      await point.opened
    }
    const said = { to, status: answer.statusCode ?? 0, cookies: answer.headers['set-cookie'] ?? [] }
    answers.push(said)
    given.writeHead(said.status, answer.rawHeaders).end(Buffer.concat(pieces))
    point?.done(said)
  }

  function hold(to: string, at: Point['at']): Held {
    const [reached, reach] = signal()
    const [opened, open] = signal()
    const [answer, done] = signal<Answer>()
    points.push({ to, at, opened, reach, done })
    return {
      reached,
      open() {
        open()
        return answer
      },
    }
  }

  const server = createServer((asked, given) => {
    pass(asked, given).catch(() => given.destroy()) // the browser is told as it would be of a broken wire
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answers,
    holdBody: (to) => hold(to, 'body'),
    holdAnswer: (to) => hold(to, 'answer'),
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function signal<T = void>(): [Promise<T>, (value: T) => void] {
  let tell: (value: T) => void = () => undefined
  const told = new Promise<T>((resolve) => {
    tell = resolve
  })
  return [told, tell]
}
