/** The clients with which the Redis store is tested, each connected as its users connect it. */
import { Cluster as IoCluster5, Redis as IoRedis5 } from 'ioredis'
import { Cluster as IoCluster6, Redis as IoRedis6 } from 'ioredis6'
import { Redis as IoValkey, Cluster as IoValkeyCluster } from 'iovalkey'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import {
  createClient as createClient6,
  createClientPool as createClientPool6,
  createCluster as createCluster6,
  createSentinel as createSentinel6,
} from 'redis6'
import type { RedisClient } from '../../src/stores/redis.js'

/** A client that is connected. */
export interface Connected {
  readonly client: RedisClient
  close(): Promise<void>
}

/** Connects one client to what is there. */
type Connect<Server> = (server: Server) => Promise<Connected>

/** Connected clients of one kind, by their folders in `node_modules`. */
type ByFolder<Server> = Readonly<Record<'redis' | 'redis6' | 'ioredis' | 'ioredis6' | 'iovalkey', Connect<Server>>>

/** Errors show themselves in what the acts throw. */
const quiet = () => undefined

interface NodeRedis {
  on(event: 'error', listener: () => void): this
  connect(): Promise<unknown>
  destroy(): unknown
}

async function nodeRedis(client: NodeRedis & RedisClient): Promise<Connected> {
  await client.on('error', quiet).connect()
  return { client, close: async () => void client.destroy() }
}

interface Io {
  on(event: 'error', listener: () => void): unknown
  disconnect(): void
}

async function io(client: Io & RedisClient): Promise<Connected> {
  client.on('error', quiet)
  return { client, close: async () => client.disconnect() }
}

/** Clients of one server, by its URL. */
export const single: ByFolder<string> = {
  redis: (url) => nodeRedis(createClient({ url })),
  redis6: (url) => nodeRedis(createClient6({ url })),
  ioredis: (url) => io(new IoRedis5(url)),
  ioredis6: (url) => io(new IoRedis6(url)),
  iovalkey: (url) => io(new IoValkey(url)),
}

/** The same clients with settings that change what they send or answer. */
export const unusual: Readonly<Record<string, Connect<string>>> = {
  'redis, RESP3': (url) => nodeRedis(createClient({ url, RESP: 3 })),
  'redis, buffers for texts': (url) =>
    nodeRedis(createClient({ url, commandOptions: { typeMapping: { 36: Buffer } } })),
  'redis, a pool': (url) => nodeRedis(createClientPool({ url }, { minimum: 2, maximum: 3 })),
  'redis6, RESP2': (url) => nodeRedis(createClient6({ url, RESP: 2 })),
  'redis6, a pool': (url) => nodeRedis(createClientPool6({ url }, { minimum: 2, maximum: 3 })),
  'ioredis, a prefix and numbers as texts': (url) =>
    io(new IoRedis5(url, { keyPrefix: 'app:', stringNumbers: true, enableAutoPipelining: true })),
  'ioredis6, maps for hashes': (url) => io(new IoRedis6(url, { replyMapping: 'resp3' })),
  'iovalkey, a prefix': (url) => io(new IoValkey(url, { keyPrefix: 'app:' })),
}

/** Clients of a cluster, by the URLs of some of its nodes. */
export const clustered: ByFolder<readonly string[]> = {
  redis: (urls) => nodeRedis(createCluster({ rootNodes: urls.map((url) => ({ url })) })),
  redis6: (urls) => nodeRedis(createCluster6({ rootNodes: urls.map((url) => ({ url })) })),
  ioredis: (urls) => io(new IoCluster5([...urls])),
  ioredis6: (urls) => io(new IoCluster6([...urls])),
  iovalkey: (urls) => io(new IoValkeyCluster([...urls])),
}

/** The Sentinels that watch over a server, and the name by which they know it. */
export interface Watched {
  readonly group: string
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
}

/** Clients that ask Sentinels for the primary. */
export const watched: ByFolder<Watched> = {
  redis: ({ group, sentinels }) => nodeRedis(createSentinel({ name: group, sentinelRootNodes: [...sentinels] })),
  redis6: ({ group, sentinels }) => nodeRedis(createSentinel6({ name: group, sentinelRootNodes: [...sentinels] })),
  ioredis: ({ group, sentinels }) => io(new IoRedis5({ name: group, sentinels: [...sentinels] })),
  ioredis6: ({ group, sentinels }) => io(new IoRedis6({ name: group, sentinels: [...sentinels] })),
  iovalkey: ({ group, sentinels }) => io(new IoValkey({ name: group, sentinels: [...sentinels] })),
}
