import { type CookieJar, cookieJar } from 'holdfast/testing'

/** An answer as somebody at a browser sees it, all redirects followed. */
export interface Seen {
  readonly status: number
  /** The path that the browser ended up at, with its query. */
  readonly path: string
  readonly text: string
  readonly headers: Headers
  /** The `Set-Cookie` lines of all answers on the way. */
  readonly cookies: readonly string[]
  /** The statuses of all answers on the way. */
  readonly statuses: readonly number[]
}

/** As much of a browser as the shop needs. */
export interface Browser {
  readonly jar: CookieJar
  get(path: string): Promise<Seen>
  /** Sends a form of the shop itself, unless the headers say that it comes from elsewhere. */
  post(
    path: string,
    fields?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Seen>
}

const MOST_REDIRECTS = 5

/** A browser of its own, or one with cookies that were copied from another. */
export function browser(url: string, agent = 'shop-test', jar: CookieJar = cookieJar({ origin: url })): Browser {
  async function visit(path: string, init: RequestInit, before: readonly Response[] = []): Promise<Seen> {
    const at = new URL(path, url)
    const cookie = jar.header(at.pathname)
    const headers = { 'user-agent': agent, ...(cookie === undefined ? {} : { cookie }), ...init.headers }
    const answer = await fetch(at, { ...init, headers, redirect: 'manual' })
    jar.take(answer.headers.getSetCookie(), at.pathname)
    const answers = [...before, answer]
    const location = answer.headers.get('location')
    if (location !== null && before.length < MOST_REDIRECTS) {
      await answer.arrayBuffer()
      return visit(location, { headers: { 'sec-fetch-site': 'same-origin' } }, answers)
    }
    return {
      status: answer.status,
      path: at.pathname + at.search,
      text: await answer.text(),
      headers: answer.headers,
      cookies: answers.flatMap((one) => one.headers.getSetCookie()),
      statuses: answers.map((one) => one.status),
    }
  }

  return {
    jar,
    get: (path) => visit(path, { headers: { 'sec-fetch-site': 'none' } }),
    post: (path, fields = {}, headers = { 'sec-fetch-site': 'same-origin' }) =>
      visit(path, { method: 'POST', body: new URLSearchParams(fields), headers: { ...headers } }),
  }
}

/** What a page says outside of its tags, one space between words. */
export function words(page: string): string {
  return page
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
