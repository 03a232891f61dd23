import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../steps.js'
import { cluster, otherPostgres, otherRedis, postgres, redis, replicated, sentinels, valkey } from './kinds.js'
import { obtain } from './obtain.js'
import { programs } from './programs.js'
import { record } from './record.js'

/**
 * What can be asked for, and what is had then.
 *
 * @typedef {object} Services
 * @property {Single} redis the Redis of this machine
 * @property {Single} redis-6 Redis 6.2
 * @property {Single} redis-8
 * @property {Cluster} redis-cluster
 * @property {Watched} redis-sentinel
 * @property {Single} valkey Valkey 8
 * @property {Single} valkey-9
 * @property {Cluster} valkey-cluster
 * @property {Single} postgres the Postgres of this machine
 * @property {Single} postgres-18
 * @property {Replicated} postgres-replica
 *
 * @typedef {import('./kinds.js').Single} Single
 * @typedef {import('./kinds.js').Replicated} Replicated
 * @typedef {import('./redis-cluster.js').Cluster} Cluster
 * @typedef {import('./redis-sentinel.js').Watched} Watched
 */

/** @type {{ [N in keyof Services]: { kind: import('./kinds.js').Kind<Services[N]>, program: import('./program.js').Wanted } }} */
const services = {
  redis: { kind: redis, program: programs.redis },
  'redis-6': { kind: otherRedis, program: programs['redis-6'] },
  'redis-8': { kind: otherRedis, program: programs['redis-8'] },
  'redis-cluster': { kind: cluster, program: programs.redis },
  'redis-sentinel': { kind: sentinels, program: programs.redis },
  valkey: { kind: valkey, program: programs.valkey },
  'valkey-9': { kind: otherRedis, program: programs['valkey-9'] },
  'valkey-cluster': { kind: { ...cluster, variables: [] }, program: programs.valkey },
  postgres: { kind: postgres, program: programs.postgres },
  'postgres-18': { kind: otherPostgres, program: programs['postgres-18'] },
  'postgres-replica': { kind: replicated, program: programs.postgres },
}

/**
 * @typedef {object} Known
 * @property {string} service the name by which it was asked for
 * @property {string} from the program's path, or the variables of the environment that name the server
 *
 * @typedef {{ service: string, missing: string }} Missing why it cannot be had
 *
 * @typedef {object} Options
 * @property {boolean} [own] a server of our own, that the test may kill, even where the environment names one.
 *   Default `false`
 * @property {readonly string[]} [args] more arguments for Redis and Valkey (`['--appendonly', 'yes']`), or settings for
 *   Postgres (`['fsync=on']`). The server is then one of our own
 */

/**
 * A server to test on: the one that the environment names; else one of our own, that ends with this process. One that
 * cannot be had is said aloud; with `HOLDFAST_REQUIRE=all` it is an error.
 *
 * @template {keyof Services} N
 * @param {N} name
 * @param {Options} [options]
 * @returns {Promise<(Services[N] & Known) | Missing>}
 */
export async function service(name, { own = false, args = [] } = {}) {
  const { kind, program } = services[name]
  const given = own || args.length > 0 ? null : fromEnvironment(kind.variables)
  const found = given ?? (await obtain(name, program))
  if ('missing' in found) return { ...found, service: name }
  const server = 'urls' in found ? await kind.given(...found.urls) : await kind.start(found, args)
  const from = 'urls' in found ? kind.variables.join(' and ') : found.path
  return { ...server, service: name, from }
}

/**
 * Writes down which client was tested against a server.
 *
 * @param {(Known & { version: string }) | Missing} server
 * @param {string} installed the client's folder in `node_modules`
 */
export function testedWith(server, installed) {
  if ('missing' in server) return
  const { name, version } = JSON.parse(readFileSync(join(root, 'node_modules', installed, 'package.json'), 'utf8'))
  record({ service: server.service, version: server.version, from: server.from, client: `${name} ${version}` })
}

/**
 * The values of the variables; `null` unless all are set.
 *
 * @param {readonly string[]} variables
 */
function fromEnvironment(variables) {
  const urls = variables.flatMap((name) => process.env[name] || [])
  return urls.length > 0 && urls.length === variables.length ? { urls } : null
}
