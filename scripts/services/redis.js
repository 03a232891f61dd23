import { ask } from './ask.js'
import { startServer } from './server.js'

/**
 * @typedef {import('./program.js').Program} Program
 * @typedef {import('./server.js').Server & { url: string, version: string }} RedisServer
 */

/**
 * Starts a single server that speaks Redis's protocol and keeps nothing on disk, unless the arguments say otherwise.
 *
 * @param {Program} program of Redis or Valkey
 * @param {readonly string[]} [args] such as `['--appendonly', 'yes']`
 * @returns {Promise<RedisServer>}
 */
export function startRedis(program, args = []) {
  return startSpeaker('redis', program, () => ['--save', '', '--appendonly', 'no', ...args])
}

/**
 * Starts any program that speaks Redis's protocol.
 *
 * @param {string} name
 * @param {Program} program
 * @param {(folder: string) => readonly string[]} args
 * @param {Pick<import('./server.js').Plan, 'beside' | 'prepare'>} [more]
 * @returns {Promise<RedisServer>}
 */
export async function startSpeaker(name, program, args, more) {
  const server = await startServer({
    name,
    command: (port, folder) => [
      ...program.command,
      // A sentinel's first argument is its file.
      ...args(folder),
      ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder],
    ],
    answers: async (port, pid) => new RegExp(`^process_id:${pid}\\r?$`, 'm').test(await serverFacts(port)),
    ...more,
  })
  return { ...server, url: `redis://127.0.0.1:${server.port}`, version: await redisVersion(server.port) }
}

/**
 * What a server calls itself, such as `Redis 7.0.15` or `Valkey 8.1.1`.
 *
 * @param {string | number} server a URL, or a port of 127.0.0.1
 */
export async function redisVersion(server) {
  const said = await serverFacts(server)
  const valkey = /^valkey_version:(\S+)/m.exec(said)?.[1]
  return valkey === undefined ? `Redis ${/^redis_version:(\S+)/m.exec(said)?.[1]}` : `Valkey ${valkey}`
}

/** @param {string | number} server */
async function serverFacts(server) {
  return String(await ask(server, 'INFO', 'server'))
}
