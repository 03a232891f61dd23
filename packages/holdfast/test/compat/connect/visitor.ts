/** A browser that keeps its cookies, as far as a test needs one. */
export class Visitor {
  cookie = ''
  readonly #url: string

  constructor(url: string, cookie = '') {
    this.#url = url
    this.cookie = cookie
  }

  /** Answers the body. What is no 200 is thrown. */
  async get(path: string): Promise<unknown> {
    const response = await fetch(this.#url + path, { headers: { cookie: this.cookie }, redirect: 'manual' })
    const cookies = new Map(this.cookie.split('; ').map((pair) => [pair.split('=', 1)[0], pair]))
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(';', 1)[0] ?? ''
      cookies.set(pair.split('=', 1)[0], pair)
    }
    this.cookie = [...cookies.values()].filter((pair) => pair !== '').join('; ')
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${response.status}: ${text}`)
    return JSON.parse(text)
  }
}

/** Opens for all who wait once `count` of them have come. */
export function barrier(count: number): () => Promise<void> {
  let waiting = 0
  let open: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    waiting += 1
    if (waiting === count) open()
    return opened
  }
}

/** A point at which one waits until the other lets it go on. */
export interface Gate {
  /** Called by who waits. */
  pass(): Promise<void>
  /** Resolves when somebody waits. */
  readonly reached: Promise<void>
  open(): void
}

export function gate(): Gate {
  let open: () => void = () => undefined
  let reach: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return {
    pass: () => {
      reach()
      return opened
    },
    reached,
    open: () => open(),
  }
}
