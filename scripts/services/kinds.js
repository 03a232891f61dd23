/**
 * The kinds of services: how one is started, and how it is recognised where the environment names it.
 *
 * @typedef {import('./program.js').Program} Program
 */
import { postgresVersion, startPostgres, startReplicated } from './postgres.js'
import { redisVersion, startRedis } from './redis.js'
import { startCluster } from './redis-cluster.js'
import { startSentinels } from './redis-sentinel.js'

/**
 * One server.
 *
 * @typedef {object} Single
 * @property {string} url such as `redis://127.0.0.1:17001` or `postgres://postgres@127.0.0.1:17001/postgres`
 * @property {string} version such as `Redis 7.0.15`
 * @property {() => Promise<void>} kill ends it as a fault would, by SIGKILL; its data folder stays
 * @property {() => Promise<void>} restart starts it again, on the same port and the same data folder
 * @property {() => Promise<void>} stop ends it, and removes its data
 *
 * @typedef {Single & { replica: Single }} Replicated a primary, and a replica that follows it and takes no writes
 */

/**
 * @template T
 * @typedef {object} Kind
 * @property {readonly string[]} variables of the environment; where they are set, they name a server to test on
 * @property {(...urls: string[]) => Promise<T>} given that server, with the values of the variables
 * @property {(program: Program, args: readonly string[]) => Promise<T>} start one of our own
 */

/**
 * @param {(program: Program, args: readonly string[]) => Promise<Single>} start
 * @param {(url: string) => Promise<string>} version
 * @param {...string} variables
 * @returns {Kind<Single>}
 */
const single = (start, version, ...variables) => ({
  variables,
  given: async (url = '') => ({ url, version: await version(url), ...notOurs }),
  start,
})

/** What a test may not do to a server that somebody else runs. */
const refuse = () => Promise.reject(new Error('This server is not ours. Ask for one with { own: true }.'))
const notOurs = { kill: refuse, restart: refuse, stop: () => Promise.resolve() }

/** One server that speaks Redis's protocol. */
export const redis = single(startRedis, redisVersion, 'HOLDFAST_REDIS_URL')

/** The same, where no variable names one. */
export const otherRedis = single(startRedis, redisVersion)

/** One Valkey. */
export const valkey = single(startRedis, redisVersion, 'HOLDFAST_VALKEY_URL')

/**
 * Three primaries and three replicas. The variable holds the URLs of nodes to begin with, separated by commas.
 *
 * @type {Kind<import('./redis-cluster.js').Cluster>}
 */
export const cluster = {
  variables: ['HOLDFAST_REDIS_CLUSTER_URL'],
  async given(value = '') {
    const urls = value.split(',')
    return { urls, version: await redisVersion(String(urls[0])), nodes: [], primaryOf: refuse, stop: notOurs.stop }
  },
  start: startCluster,
}

/**
 * One primary, two replicas and three sentinels. The variable looks like `redis-sentinel://host:port,host:port/group`.
 *
 * @type {Kind<import('./redis-sentinel.js').Watched>}
 */
export const sentinels = {
  variables: ['HOLDFAST_SENTINEL_URL'],
  async given(value = '') {
    const [, hosts = '', group = ''] = /^redis-sentinel:\/\/([^/]+)\/(.+)$/.exec(value) ?? []
    const urls = hosts.split(',').map((host) => new URL(`redis://${host}`))
    return {
      group,
      sentinels: urls.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 26_379) })),
      version: await redisVersion(`${urls[0]}`),
      nodes: [],
      primary: refuse,
      stop: notOurs.stop,
    }
  },
  start: startSentinels,
}

/** One Postgres. */
export const postgres = single(startPostgres, postgresVersion, 'HOLDFAST_POSTGRES_URL')

/** The same, where no variable names one. */
export const otherPostgres = single(startPostgres, postgresVersion)

/** @type {Kind<Replicated>} */
export const replicated = {
  variables: ['HOLDFAST_POSTGRES_URL', 'HOLDFAST_POSTGRES_REPLICA_URL'],
  given: async (url = '', replica = '') => ({ ...(await postgres.given(url)), replica: await postgres.given(replica) }),
  start: startReplicated,
}
