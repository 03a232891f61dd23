/** The clients that a Redis store can be given, known by their shape, and what the store needs of each. */
import { HoldfastError } from '../engine/errors.js'

/** node-redis 5 and 6: `createClient` and `createClientPool`. */
export interface NodeRedisClient {
  sendCommand(args: string[], options?: NodeRedisOptions): Promise<unknown>
  withCommandOptions(options: NodeRedisOptions): unknown
  readonly isReady?: boolean
  readonly options?: { readonly disableOfflineQueue?: boolean } | undefined
}

/** node-redis 5 and 6: `createCluster`. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string, isReadonly: boolean, args: string[], options?: NodeRedisOptions): Promise<unknown>
  withCommandOptions(options: NodeRedisOptions): unknown
  getSlotRandomNode(slot: number): unknown
}

/** node-redis 5 and 6: `createSentinel`. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean, args: string[], options?: NodeRedisOptions): Promise<unknown>
  withCommandOptions(options: NodeRedisOptions): unknown
  getMasterNode(): unknown
}

/** ioredis 5 and 6, iovalkey: `Redis` (also one that follows Sentinels) and `Cluster`. */
export interface IoRedisClient {
  call(command: string, ...args: string[]): Promise<unknown>
  callBuffer(command: string, ...args: string[]): Promise<unknown>
  readonly isCluster: boolean
}

/** Any client that {@link redisStore} takes. It stays the caller's: the store neither connects nor closes it. */
export type RedisClient = NodeRedisClient | NodeRedisCluster | NodeRedisSentinel | IoRedisClient

/** The part of node-redis' options of a command that the store sets. */
export interface NodeRedisOptions {
  readonly timeout?: number | undefined
  readonly typeMapping?: object
}

/** What the store asks of a client. */
export interface RedisWire {
  /** Whether keys that one script touches must lie in one slot. */
  readonly cluster: boolean
  /** Sends a command to the primary that holds the key. */
  send(key: string, command: string[]): Promise<unknown>
  /** How many replicas have all that was written before, after at most `millis`. */
  wait(key: string, replicas: number, millis: number): Promise<number>
  /** What to know about the client's settings. */
  readonly notices: readonly string[]
}

/** Finds out which client it is. Throws `HOLDFAST_CONFIG` for one that is none, or that reads from replicas. */
export function wireOf(client: RedisClient): RedisWire {
  if (has(client, 'call', 'callBuffer')) return ioRedis(client as IoRedisParts)
  if (has(client, 'sendCommand', 'withCommandOptions')) {
    if (has(client, 'getSlotRandomNode')) return nodeRedisCluster(client as NodeRedisClusterParts)
    if (has(client, 'getMasterNode', 'use')) return nodeRedisSentinel(client as NodeRedisSentinelParts)
    return nodeRedis(client as NodeRedisParts)
  }
  throw new HoldfastError(
    'HOLDFAST_CONFIG',
    'redisStore: this is no client that it knows; give it one of redis 5 or 6, ioredis 5 or 6, or iovalkey',
  )
}

function has(client: unknown, ...names: readonly string[]): boolean {
  if (client === null || typeof client !== 'object') return false
  return names.every((name) => typeof (client as Record<string, unknown>)[name] === 'function')
}

/**
 * Replies as they come: text, and names and values by turns (37 is a map in RESP3). Set for each command, so that neither
 * a mapping of the client's own nor its time limit holds: node-redis 6 carries an AbortSignal for each command, which
 * costs more than the command. The engine has a deadline of its own.
 */
const PLAIN: NodeRedisOptions = { timeout: undefined, typeMapping: { 37: Array } }

/** While a client is not connected its commands wait in a queue, and may not wait there for ever. */
const OFFLINE: NodeRedisOptions = { ...PLAIN, timeout: 5_000 }

type Send = (args: string[], options?: NodeRedisOptions) => Promise<unknown>

/**
 * WAIT counts what the connection has seen written. Where each command may get another connection, both go over one that
 * is held meanwhile, and a read before it shows the connection how far the primary has come.
 */
async function waitOnLease(send: Send, key: string, replicas: number, millis: number): Promise<number> {
  await send(['EXISTS', key], PLAIN)
  return Number(await send(waitFor(replicas, millis), PLAIN))
}

function waitFor(replicas: number, millis: number): string[] {
  return ['WAIT', String(replicas), String(millis)]
}

interface NodeRedisParts extends NodeRedisClient {
  /** Only of a pool. */
  execute?<T>(use: (client: NodeRedisClient) => Promise<T>): Promise<T>
}

function nodeRedis(client: NodeRedisParts): RedisWire {
  const late = client.options?.disableOfflineQueue !== true && client.execute === undefined
  return {
    cluster: false,
    send: (_, command) => client.sendCommand(command, client.isReady === false ? OFFLINE : PLAIN),
    wait: async (key, replicas, millis) => {
      if (client.execute !== undefined) {
        return client.execute((one) => waitOnLease((...args) => one.sendCommand(...args), key, replicas, millis))
      }
      return Number(await client.sendCommand(waitFor(replicas, millis), PLAIN))
    },
    notices: late
      ? [
          'the client of redis keeps commands while it is disconnected and sends them late, when their requests have ' +
            'been answered; createClient({ disableOfflineQueue: true }) lets them fail at once',
        ]
      : [],
  }
}

interface NodeRedisClusterParts extends NodeRedisCluster {
  /** Only in 6, where WAIT by itself goes to every node. */
  getNodeClientForKey?(key: string): Promise<NodeRedisClient>
}

function nodeRedisCluster(client: NodeRedisClusterParts): RedisWire {
  return {
    cluster: true,
    // "Not read-only" for reads too: a copy on a replica is not what was last written.
    send: (key, command) => client.sendCommand(key, false, command, PLAIN),
    wait: async (key, replicas, millis) => {
      const command = waitFor(replicas, millis)
      const node = await client.getNodeClientForKey?.(key)
      return Number(await (node?.sendCommand(command, PLAIN) ?? client.sendCommand(key, false, command, PLAIN)))
    },
    notices: [],
  }
}

interface NodeRedisSentinelParts extends NodeRedisSentinel {
  use<T>(use: (client: NodeRedisSentinel) => Promise<T>): Promise<T>
}

function nodeRedisSentinel(client: NodeRedisSentinelParts): RedisWire {
  return {
    cluster: false,
    send: (_, command) => client.sendCommand(false, command, PLAIN),
    wait: (key, replicas, millis) =>
      client.use((one) => waitOnLease((...args) => one.sendCommand(false, ...args), key, replicas, millis)),
    notices: [],
  }
}

interface IoRedisSettings {
  readonly autoResendUnfulfilledCommands?: boolean
  readonly maxRetriesPerRequest?: number | null
  readonly commandTimeout?: number
  readonly scaleReads?: unknown
  readonly keyPrefix?: string
  readonly redisOptions?: IoRedisSettings
}

interface IoRedisParts extends IoRedisClient {
  readonly options?: IoRedisSettings
  pipeline(commands: readonly (readonly string[])[]): {
    exec(): Promise<readonly (readonly [Error | null, unknown])[] | null>
  }
}

function ioRedis(client: IoRedisParts): RedisWire {
  const { isCluster, options = {} } = client
  if (isCluster && (options.scaleReads ?? 'master') !== 'master') {
    throw new HoldfastError(
      'HOLDFAST_CONFIG',
      "redisStore: the client reads from replicas, which lag behind; give the store one with scaleReads: 'master'",
    )
  }
  const findsKeys = isCluster || (options.keyPrefix ?? '') !== ''
  return {
    cluster: isCluster,
    send: (_, [command = '', ...args]) => {
      // The client makes an object of what it knows as `hgetall`, but not of HGETALL. Where it must find the key among the
      // arguments, only names in small letters are known to every version.
      const name = command === 'HGETALL' && !findsKeys ? command : command.toLowerCase()
      return client.call(name, ...args)
    },
    wait: async (key, replicas, millis) => {
      if (!isCluster) return Number(await client.call('WAIT', String(replicas), String(millis)))
      // A pipeline goes to the node that has its first key.
      const commands = [
        ['exists', key],
        ['wait', String(replicas), String(millis)],
      ]
      const [, waited] = (await client.pipeline(commands).exec()) ?? []
      if (waited?.[0]) throw waited[0]
      return Number(waited?.[1] ?? 0)
    },
    notices: ioRedisNotices(isCluster ? (options.redisOptions ?? {}) : options),
  }
}

function ioRedisNotices(settings: IoRedisSettings): string[] {
  const notices: string[] = []
  if (settings.autoResendUnfulfilledCommands !== false) {
    notices.push(
      'the client sends commands again by itself after a lost connection. A second copy of a write changes nothing, but ' +
        'it may come when its request was answered long ago; autoResendUnfulfilledCommands: false lets it fail at once',
    )
  }
  if (settings.maxRetriesPerRequest === null) {
    notices.push(
      'the client keeps commands for as long as it is disconnected (maxRetriesPerRequest: null), and sends them when their ' +
        'requests were answered long ago; give it a number',
    )
  }
  if (settings.commandTimeout !== undefined && settings.commandTimeout > 0) {
    notices.push(
      'the client has a timer for each command (commandTimeout), which every request pays for; acts have a deadline of ' +
        'their own (storeTimeout), so leave it out',
    )
  }
  return notices
}
