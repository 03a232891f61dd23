import { createRequire } from 'node:module'
import { join } from 'node:path'
import { HoldfastError } from '../engine/errors.js'
import type { Store } from '../engine/row.js'
import { memoryStore } from './memory.js'
import { type PgPool, type PostgresSql, postgresStore } from './postgres.js'
import { type RedisClient, redisStore } from './redis.js'
import { sqliteStore } from './sqlite.js'

/** Loads a driver by its name. Throws where it is not installed. */
export type LoadDriver = (name: string) => unknown

/**
 * Opens a store by a URL, for tools, demos and tests; an application hands its own client to `redisStore` and its like.
 *
 * | URL | store | driver, the first that is installed |
 * | --- | --- | --- |
 * | `memory:` | `memoryStore()` | – |
 * | `sqlite:PATH` | `sqliteStore(path)` | node:sqlite, better-sqlite3, libsql |
 * | `redis://…`, `rediss://…` | `redisStore(client)` on one server | redis, ioredis, iovalkey |
 * | `postgres://…`, `postgresql://…` | `postgresStore(pool)`, its table set up | pg, postgres |
 *
 * What it opens, `close()` closes. Rejects with `HOLDFAST_CONFIG` for any other URL, with `HOLDFAST_STORE_DRIVER`, which
 * names the package to install, where there is no driver, and with `HOLDFAST_STORE` where the server does not answer.
 * `load` is for those who bundle their drivers; default: from `node_modules`.
 */
export async function openStore(url: string, load: LoadDriver = fromNodeModules()): Promise<Store> {
  const scheme = /^([a-z]+):/.exec(url)?.[1]
  switch (scheme) {
    case 'memory':
      if (url === 'memory:') return memoryStore()
      break
    case 'sqlite': {
      const path = url.slice('sqlite:'.length).replace(/^\/\/(?=.)/, '')
      if (path !== '') return sqliteStore(path)
      break
    }
    case 'redis':
    case 'rediss':
      return reached(scheme, openRedis(url, load))
    case 'postgres':
    case 'postgresql':
      return reached('postgres', openPostgres(url, load))
  }
  // The URL itself is not shown: it may hold a password.
  throw new HoldfastError(
    'HOLDFAST_CONFIG',
    'openStore was given a URL that it does not know; use memory:, sqlite:PATH, redis://…, rediss://… or postgres://…',
  )
}

interface NodeRedis extends Closable {
  on(event: 'error', listener: () => void): unknown
  connect(): Promise<unknown>
  destroy(): void
}

interface IoRedis extends Closable {
  on(event: 'error', listener: () => void): unknown
  connect(): Promise<unknown>
  disconnect(): void
}

interface Closable {
  quit(): Promise<unknown>
}

async function openRedis(url: string, load: LoadDriver): Promise<Store> {
  const [name, module] = firstDriver(['redis', 'ioredis', 'iovalkey'], load)
  if (name === 'redis') {
    const { createClient } = module as { createClient(options: object): NodeRedis & RedisClient }
    let reachedOnce = false
    const reconnectStrategy = (tries: number) => (reachedOnce ? Math.min(tries * 50, 2_000) : false)
    const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy } })
    // Commands say themselves what went wrong.
    client.on('error', () => undefined)
    const store = redisStore(client)
    await client.connect()
    reachedOnce = true
    return closing(store, () => client.quit())
  }
  const Redis = (module as { default?: unknown }).default ?? module
  const settings = { lazyConnect: true, autoResendUnfulfilledCommands: false }
  const client = new (Redis as new (url: string, options: object) => IoRedis & RedisClient)(url, settings)
  client.on('error', () => undefined)
  const store = redisStore(client)
  try {
    await client.connect()
  } catch (error) {
    client.disconnect()
    throw error
  }
  return closing(store, () => client.quit())
}

async function openPostgres(url: string, load: LoadDriver): Promise<Store> {
  const [name, module] = firstDriver(['pg', 'postgres'], load)
  const { client, end } = name === 'pg' ? pgPool(url, module) : postgresSql(url, module)
  const store = postgresStore(client)
  try {
    await store.setup()
  } catch (error) {
    await end().catch(() => undefined)
    throw error
  }
  return closing(store, end)
}

interface OpenClient {
  readonly client: PgPool | PostgresSql
  end(): Promise<void>
}

function pgPool(url: string, module: unknown): OpenClient {
  type Pool = PgPool & { end(): Promise<void>; on(event: 'error', listener: () => void): unknown }
  const { Pool } = module as { Pool: new (options: { connectionString: string }) => Pool }
  const client = new Pool({ connectionString: url })
  // A connection that breaks while nobody uses it: the pool has dropped it already.
  client.on('error', () => undefined)
  return { client, end: () => client.end() }
}

function postgresSql(url: string, module: unknown): OpenClient {
  type Sql = PostgresSql & { end(): Promise<void> }
  const open = ((module as { default?: unknown }).default ?? module) as (url: string, options: object) => Sql
  const client = open(url, { onnotice: () => undefined })
  return { client, end: () => client.end() }
}

/** The store, which closes what was opened for it too. */
function closing<S extends Store>(store: S, release: () => Promise<unknown>): S {
  const close = store.close.bind(store)
  let closed: Promise<unknown> | null = null
  return Object.assign(store, {
    async close() {
      await close()
      // It is gone either way: nobody is left to be told.
      closed ??= release().catch(() => undefined)
      await closed
    },
  })
}

/** What cannot be reached is said by scheme alone: what drivers throw may hold the URL, and a password with it. */
async function reached(scheme: string, opening: Promise<Store>): Promise<Store> {
  try {
    return await opening
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    throw new HoldfastError(
      'HOLDFAST_STORE',
      `openStore reached no server under the ${scheme} URL that it was given (${nameOf(error)}). Check that it is up, and the URL`,
    )
  }
}

function nameOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return String(code ?? name ?? 'an error')
}

function firstDriver(names: readonly string[], load: LoadDriver): readonly [string, unknown] {
  const failures: unknown[] = []
  for (const name of names) {
    try {
      return [name, load(name)]
    } catch (error) {
      failures.push(error)
    }
  }
  const [best, ...others] = names
  throw new HoldfastError(
    'HOLDFAST_STORE_DRIVER',
    `openStore found no driver; run "npm install ${best}" (${others.join(' or ')} will do as well)`,
    { cause: new AggregateError(failures, 'no driver could be loaded') },
  )
}

function fromNodeModules(): LoadDriver {
  // Bundled as CommonJS there is no `import.meta.url`: the app's own folder is then the best guess.
  const require = createRequire(import.meta.url ?? join(process.cwd(), 'package.json'))
  return (name) => require(name)
}
