import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allOrNone, stopAll } from './all-or-none.js'
import { ask } from './ask.js'
import { startRedis, startSpeaker } from './redis.js'
import { until } from './until.js'

/** @typedef {import('./redis.js').RedisServer} RedisServer */

/**
 * @typedef {object} Watched
 * @property {string} group by which the sentinels know the servers
 * @property {readonly { host: string, port: number }[]} sentinels
 * @property {string} version
 * @property {readonly RedisServer[]} nodes the servers that they watch
 * @property {() => Promise<RedisServer>} primary the node that now takes writes
 * @property {() => Promise<void>} stop
 */

const GROUP = 'holdfast'
const REPLICAS = 2
const SENTINELS = 3
const QUORUM = 2

/**
 * Starts one primary, two replicas that follow it, and three sentinels that know of all of them.
 *
 * @param {import('./program.js').Program} program
 * @returns {Promise<Watched>}
 */
export async function startSentinels(program) {
  /** @type {RedisServer[]} */
  const started = []
  const start = async (/** @type {readonly Promise<RedisServer>[]} */ starts) => {
    const servers = await allOrNone(starts)
    started.push(...servers)
    return servers
  }
  const stop = () => stopAll(started)
  try {
    const [first] = await start([startRedis(program, ['--repl-diskless-sync-delay', '0'])])
    const port = Number(first?.port)
    await start(Array.from({ length: REPLICAS }, () => startRedis(program, ['--replicaof', '127.0.0.1', `${port}`])))
    const nodes = [...started]
    await until('every replica follows', async () => {
      const replication = String(await ask(port, 'INFO', 'replication'))
      return replication.match(/state=online/g)?.length === REPLICAS
    })
    const sentinels = await start(Array.from({ length: SENTINELS }, () => startSentinel(program, port)))
    await until('every sentinel knows all others', async () =>
      (await Promise.all(sentinels.map((sentinel) => knowsAll(sentinel.port)))).every(Boolean),
    )
    return {
      group: GROUP,
      sentinels: sentinels.map((sentinel) => ({ host: '127.0.0.1', port: sentinel.port })),
      version: String(first?.version),
      nodes,
      primary: () => primaryOf(sentinels, nodes),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * @param {import('./program.js').Program} program
 * @param {number} primary
 */
function startSentinel(program, primary) {
  const file = (/** @type {string} */ folder) => join(folder, 'sentinel.conf')
  return startSpeaker('redis-sentinel', program, (folder) => [file(folder), '--sentinel'], {
    prepare: (folder) =>
      writeFile(
        file(folder),
        `sentinel monitor ${GROUP} 127.0.0.1 ${primary} ${QUORUM}
sentinel down-after-milliseconds ${GROUP} 1000
sentinel failover-timeout ${GROUP} 3000
`,
      ),
  })
}

/** @param {number} port */
async function knowsAll(port) {
  const list = /** @type {string[]} */ (await ask(port, 'SENTINEL', 'MASTER', GROUP))
  const fact = (/** @type {string} */ name) => Number(list[list.indexOf(name) + 1])
  return fact('num-slaves') === REPLICAS && fact('num-other-sentinels') === SENTINELS - 1
}

/**
 * @param {readonly RedisServer[]} sentinels
 * @param {readonly RedisServer[]} nodes
 */
async function primaryOf(sentinels, nodes) {
  const [, port] = /** @type {[string, string]} */ (
    await Promise.any(sentinels.map((one) => ask(one.port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', GROUP)))
  )
  const node = nodes.find((one) => one.port === Number(port))
  if (node === undefined) throw new Error(`The sentinels name port ${port}, where no server of ours is.`)
  return node
}
