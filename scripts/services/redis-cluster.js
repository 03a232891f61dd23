import { allOrNone, stopAll } from './all-or-none.js'
import { ask } from './ask.js'
import { startSpeaker } from './redis.js'
import { until } from './until.js'

/** @typedef {import('./redis.js').RedisServer} RedisServer */

/**
 * @typedef {object} Cluster
 * @property {readonly string[]} urls of nodes to begin with
 * @property {string} version
 * @property {readonly RedisServer[]} nodes
 * @property {(key: string) => Promise<RedisServer>} primaryOf the node that now takes writes to a key
 * @property {() => Promise<void>} stop
 */

const SLOTS = 16_384
const PRIMARIES = 3

/** A node also listens this far above its port, for the other nodes. */
const BUS = 10_000

const NODE = [
  ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--save', '', '--appendonly', 'no'],
  // A node that is gone is missed after 1.5 seconds, and a replica takes over however old its data may be: it would not if
  // its primary is killed soon after the start, when it has not followed for long.
  ...['--cluster-node-timeout', '1500', '--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0'],
]

/**
 * Starts three primaries with one replica each, and waits until every one knows all others and each replica follows.
 *
 * @param {import('./program.js').Program} program
 * @returns {Promise<Cluster>}
 */
export async function startCluster(program) {
  const starts = Array.from({ length: 2 * PRIMARIES }, () =>
    startSpeaker('redis-cluster', program, () => NODE, { beside: BUS }),
  )
  const nodes = await allOrNone(starts)
  const stop = () => stopAll(nodes)
  try {
    await join(nodes)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    urls: nodes.map(({ url }) => url),
    version: String(nodes[0]?.version),
    nodes,
    primaryOf: (key) => primaryOf(nodes, key),
    stop,
  }
}

/** @param {readonly RedisServer[]} nodes */
async function join(nodes) {
  for (const [n, { port }] of nodes.entries()) {
    await ask(port, 'CLUSTER', 'SET-CONFIG-EPOCH', `${n + 1}`)
    if (n < PRIMARIES) await ask(port, 'CLUSTER', 'ADDSLOTS', ...slotsOf(n))
    // One meeting would do, but then the news spreads by chance, and takes seconds.
    for (const other of nodes.slice(0, n)) await ask(port, 'CLUSTER', 'MEET', '127.0.0.1', `${other.port}`)
  }
  const everywhere = (/** @type {(port: number) => Promise<boolean>} */ holds) => async () => {
    for (const { port } of nodes) if (!(await holds(port))) return false
    return true
  }
  await until(
    'every node of the cluster knows all others',
    everywhere(async (port) => (await members(port)).length === nodes.length),
  )

  for (const [n, { port }] of nodes.slice(PRIMARIES).entries()) {
    await ask(port, 'CLUSTER', 'REPLICATE', String(await ask(Number(nodes[n]?.port), 'CLUSTER', 'MYID')))
  }
  await until(
    'every replica of the cluster follows, and every node knows',
    everywhere(async (port) => {
      const replicas = (await members(port)).filter((line) => line.includes('slave'))
      const replication = String(await ask(port, 'INFO', 'replication'))
      const follows = replication.includes('role:master') || replication.includes('master_link_status:up')
      const state = String(await ask(port, 'CLUSTER', 'INFO'))
      return replicas.length === nodes.length - PRIMARIES && follows && state.includes('cluster_state:ok')
    }),
  )
}

/** @param {number} primary */
function slotsOf(primary) {
  const [from, to] = [primary, primary + 1].map((n) => Math.floor((n * SLOTS) / PRIMARIES))
  return Array.from({ length: Number(to) - Number(from) }, (_, n) => `${Number(from) + n}`)
}

/** @param {number} port */
async function members(port) {
  return String(await ask(port, 'CLUSTER', 'NODES'))
    .trim()
    .split('\n')
    .filter((line) => !line.includes('handshake'))
}

/**
 * Asks any node that still answers.
 *
 * @param {readonly RedisServer[]} nodes
 * @param {string} key
 */
async function primaryOf(nodes, key) {
  for (const { port: asked } of nodes) {
    const slot = await ask(asked, 'CLUSTER', 'KEYSLOT', key).then(Number, () => null)
    if (slot === null) continue
    const ranges = /** @type {[number, number, [string, number]][]} */ (await ask(asked, 'CLUSTER', 'SLOTS'))
    const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1]
    const node = nodes.find((one) => one.port === port)
    if (node !== undefined) return node
  }
  throw new Error(`No node of the cluster knows who has the key ${key}.`)
}
