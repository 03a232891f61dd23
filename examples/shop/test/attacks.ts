import { randomBytes } from 'node:crypto'
import type { Library } from '../src/try/libraries.js'
import type { Browser } from './browser.js'
import type { ServedShop } from './open-shop.js'

interface State {
  readonly user: string | null
  readonly list: readonly string[]
  readonly first: string
  readonly second: string
}

/** What the script of the page does at a press of a button, for one library. */
export interface Party {
  readonly at: Browser
  readonly run: string
  /** Sends an endpoint a post; answers the status. */
  post(path: string, fields?: Readonly<Record<string, string>>): Promise<number>
  /** The same within the run, so that requests wait for each other. */
  meet(path: string): Promise<number>
  state(): Promise<State>
  copy(as: string): Promise<number>
  plant(as: string): Promise<number>
  use(as: string): Promise<State>
}

/** A browser of its own that is about to try one library. */
export function party(served: ServedShop, library: Library, at: Browser = served.browser()): Party {
  const run = randomBytes(8).toString('hex')
  const post = async (path: string, fields?: Readonly<Record<string, string>>) =>
    (await at.post(`/try/${path}`, fields)).status
  const read = async (path: string): Promise<State> => JSON.parse((await at.get(`/try/${path}`)).text)
  return {
    at,
    run,
    post: (path, fields) => post(`${library}/${path}`, fields),
    meet: (path) => post(`${library}/${path}?run=${run}`),
    state: () => read(`${library}/state`),
    copy: (as) => post(`accomplice/${library}/copy/${as}?run=${run}`),
    plant: (as) => post(`accomplice/${library}/plant/${as}?run=${run}`),
    use: (as) => read(`accomplice/${library}/use/${as}?run=${run}`),
  }
}
