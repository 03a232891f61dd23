import type { Sessions } from '../engine/sessions.js'
import { testAnswers } from './adapter-kit/answers.js'
import { testCaches } from './adapter-kit/caches.js'
import { testCookies } from './adapter-kit/cookies.js'
import { testCredentials } from './adapter-kit/credentials.js'
import { testFailures } from './adapter-kit/failures.js'
import type { Declare, KitData, Route, Served } from './adapter-kit/fixture.js'
import { stageOf } from './adapter-kit/fixture.js'
import { testGuard } from './adapter-kit/guard.js'
import { testLife } from './adapter-kit/life.js'
import { testStreams } from './adapter-kit/streams.js'

export type { KitData, Reply, Route, Served } from './adapter-kit/fixture.js'

/** What the adapter kit needs. */
export interface AdapterKitOptions {
  /**
   * The runner's function that declares a test: that of vitest, `node:test`, jest or mocha. A test has failed when its
   * function rejects.
   */
  readonly test: (name: string, fn: () => Promise<void>) => unknown
  /**
   * Starts a real server on a free port of a loopback address: the framework with the adapter, and the routes as an app
   * would write them. A HEAD request goes to the route of GET; what no route answers is 404.
   *
   * A route that throws is answered by what the framework has for it, or else with 500 by hand. `way` is one of `ways`.
   */
  readonly serve: (sessions: Sessions<KitData>, routes: readonly Route[], way: string) => Promise<Served>
  /** Begins the name of each test. Default: nothing. */
  readonly name?: string
  /**
   * The ways in which an app can send an answer here, by names of your own: `setHeader`, `writeHead with an object`,
   * `compression before`, … What is said of heads is tested in each. Default: one, the empty text.
   */
  readonly ways?: readonly string[]
  /**
   * Whether what is written while the body is streamed is committed before its last byte. Default `true`; `false` where
   * the adapter hands an answer over and does not see its end, so that it takes `commit()`.
   */
  readonly finishes?: boolean
  /**
   * Whether the answer to a handler that has thrown carries the cookies of what it did before. Default `true`; `false` where
   * that answer is made outside of the adapter.
   */
  readonly cookiesOnError?: boolean
}

/**
 * Declares the tests that every adapter passes, on real sockets and a real engine: the life of a session, everything that a
 * client can send, heads in every way of sending them, streams, thrown errors, a store that is down, clients that leave. Failures are those of `node:assert`.
 */
export function adapterKit(options: AdapterKitOptions): void {
  const { test, serve, name, ways = [''], finishes = true, cookiesOnError = true } = options
  const declareFor =
    (way: string, titled: boolean): Declare =>
    (title, body) => {
      const parts = [name, titled && way !== '' ? `${title}, ${way}` : title].filter((part) => part !== undefined)
      test(parts.join(': '), async () => {
        const stage = stageOf((sessions, routes) => serve(sessions, routes, way))
        try {
          await body(stage)
        } finally {
          await stage.close()
        }
      })
    }
  const declare = declareFor(ways[0] ?? '', false)
  testLife(declare)
  testCredentials(declare)
  testCookies(declare)
  testGuard(declare)
  testStreams(declare, finishes)
  testFailures(declare, cookiesOnError)
  for (const way of ways) {
    testAnswers(declareFor(way, true))
    testCaches(declareFor(way, true))
  }
}
