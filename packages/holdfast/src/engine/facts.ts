import { formatTime, parse36, TIME_WIDTH } from './base36.js'
import type { Millis } from './row.js'

/** How the user proved who they are. */
export interface Auth {
  /** When they did. */
  readonly at: Millis
  /** With what: `pwd`, `otp`, … (the names of RFC 8176 section 2 serve well). */
  readonly methods: readonly string[]
  /** How sure it is; the application's own scale. 1 unless said otherwise; 0 while a step-up is asked for. */
  readonly level: number
}

/** What is fixed when a row is created: what the text in `Row.facts` says. */
export interface Facts {
  readonly createdAt: Millis
  /** `null` for visitors. */
  readonly auth: Auth | null
  /** The handle of the row that this one was stepped up from. */
  readonly from: string | null
  /** The client's `User-Agent`, at most 256 characters. */
  readonly agent: string | null
  /** The client's network: the first 24 bits of an IPv4 address, the first 64 of an IPv6 address. */
  readonly network: string | null
  /** Lifetimes of its own, in milliseconds, where the sign-in named them; `null` for none of that kind. */
  readonly timeouts: { readonly idle: Millis | null; readonly absolute: Millis | null } | null
}

// What is read at every request stands first: format digit, time of birth in fixed width, and whether there are lifetimes of
// its own. The rest is JSON, and parsed when somebody asks for it.
const OWN_TIMEOUTS = 'o'
const NO_TIMEOUTS = '-'
const REST_AT = 1 + TIME_WIDTH + 1

/** The text in which a row keeps its facts. */
export function formatFacts({ createdAt, timeouts, ...rest }: Facts): string {
  const json = JSON.stringify(timeouts === null ? rest : { ...rest, timeouts })
  return `1${formatTime(createdAt)}${timeouts === null ? NO_TIMEOUTS : OWN_TIMEOUTS}${json}`
}

/** `null` where the format digit is higher than this version knows. */
export function parseFacts(text: string): Facts | null {
  return text.charCodeAt(0) === 49 ? new StoredFacts(text) : null
}

class StoredFacts implements Facts {
  readonly createdAt: Millis
  readonly timeouts: Facts['timeouts']
  readonly #text: string
  #rest: Omit<Facts, 'createdAt'> | null = null

  constructor(text: string) {
    this.#text = text
    this.createdAt = parse36(text, 1, TIME_WIDTH)
    this.timeouts = text.charAt(REST_AT - 1) === NO_TIMEOUTS ? null : this.#parsed().timeouts
  }

  get auth(): Auth | null {
    return this.#parsed().auth
  }

  get from(): string | null {
    return this.#parsed().from
  }

  get agent(): string | null {
    return this.#parsed().agent
  }

  get network(): string | null {
    return this.#parsed().network
  }

  #parsed(): Omit<Facts, 'createdAt'> {
    this.#rest ??= JSON.parse(this.#text.slice(REST_AT)) as Omit<Facts, 'createdAt'>
    return this.#rest
  }
}

/** A `User-Agent` cut to what is worth keeping, without control characters, so that it can be logged as it is. */
export function agentOf(header: string | undefined): string | null {
  if (header === undefined || header === '') return null
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return header.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 256)
}

/** The network part of an address, so that no row holds more of it than is needed to notice a change. */
export function networkOf(address: string | undefined): string | null {
  if (address === undefined) return null
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(address)
  if (v4 !== null) return `${v4[1]}.${v4[2]}.${v4[3]}.0/24`
  if (!address.includes(':')) return null
  const [head = '', tail] = (address.toLowerCase().split('%', 1)[0] ?? '').split('::', 2)
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  if (zeros < 0) return null
  const groups = [...before, ...new Array<string>(zeros).fill('0'), ...after]
  if (groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null
  const first = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${first.join(':')}::/64`
}
