import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { vi } from 'vitest'
import type { Browser } from './browser.js'
import type { ServedShop } from './open-shop.js'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/**
 * Sends a form in two halves: resolves when the session has been read, and the answered function sends the rest. What
 * happens in between happens while the request is under way. No redirect is followed, no cookie taken.
 */
export async function slowPost(
  served: ServedShop,
  at: Browser,
  path: string,
  form: string,
): Promise<() => Promise<Answer>> {
  const slow = request(new URL(path, served.url), {
    method: 'POST',
    headers: {
      cookie: at.jar.header() as string,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': form.length,
    },
  })
  const count = served.arrived.length
  slow.write(form.slice(0, 5))
  await vi.waitFor(() => served.shop.sessions.of(served.arrived[count] as IncomingMessage))
  return async () => {
    slow.end(form.slice(5))
    const [answer] = (await once(slow, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await textOf(answer) }
  }
}
