import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { startServer } from './server.js'
import { unprivileged } from './unprivileged.js'
import { until } from './until.js'

/**
 * @typedef {import('./program.js').Program} Program
 * @typedef {import('./server.js').Server & { url: string, version: string }} PostgresServer
 * @typedef {{ uid?: number, gid?: number }} User as whom a program runs; empty where it is ourselves
 */

const run = promisify(execFile)

/** Ends the sessions and writes a last checkpoint; the other two signals wait for the sessions, or leave a crash to mend. */
const FAST_SHUTDOWN = 'SIGINT'

const DATA = 'data'

const SETTINGS = [
  // A process may be killed here, but no machine loses its power.
  'fsync=off',
  // A replica that was away for a while finds what it missed.
  'wal_keep_size=256MB',
]

/**
 * Starts Postgres with an empty database `postgres`, of which `postgres` may do all without a password.
 *
 * @param {Program} program `postgres`, beside whose file `initdb` lies
 * @param {readonly string[]} [settings] such as `['fsync=on']`
 * @returns {Promise<PostgresServer>}
 */
export function startPostgres(program, settings = []) {
  return start(program, settings, (folder, user) => makeDatabase(program, join(folder, DATA), user))
}

/**
 * Starts a primary, and a replica that follows it and takes no writes.
 *
 * @param {Program} program
 * @param {readonly string[]} [settings] of both
 * @returns {Promise<PostgresServer & { replica: PostgresServer }>} the primary; its `stop` stops both
 */
export async function startReplicated(program, settings = []) {
  const seed = (/** @type {string} */ folder) => join(folder, 'seed')
  const primary = await start(program, settings, async (folder, user) => {
    await makeDatabase(program, seed(folder), user)
    await run('cp', ['-a', seed(folder), join(folder, DATA)], user)
  })
  try {
    // The database as it was before its first start; from there on the primary sends all that happened.
    const follows = `primary_conninfo=host=127.0.0.1 port=${primary.port} user=postgres`
    const replica = await start(program, [...settings, follows], async (folder, user) => {
      await run('cp', ['-a', seed(primary.folder), join(folder, DATA)], user)
      await run('touch', [join(folder, DATA, 'standby.signal')], user)
    })
    const stop = async () => {
      await replica.stop()
      await primary.stop()
    }
    try {
      await until('the replica follows', async () => {
        const state = 'select count(*)::int as following from pg_stat_replication where state = $1'
        return (await ask(primary.url, state, ['streaming'])).following === 1
      })
    } catch (error) {
      await stop()
      throw error
    }
    return { ...primary, stop, replica }
  } catch (error) {
    await primary.stop()
    throw error
  }
}

/**
 * What a server calls itself, such as `Postgres 15.18`.
 *
 * @param {string} url
 */
export async function postgresVersion(url) {
  const { server_version } = await ask(url, 'show server_version')
  return `Postgres ${String(server_version).split(' ', 1)[0]}`
}

/**
 * @param {Program} program
 * @param {readonly string[]} settings
 * @param {(folder: string, user: User) => Promise<void>} prepare
 * @returns {Promise<PostgresServer>}
 */
async function start(program, settings, prepare) {
  const user = unprivileged()
  const urlOf = (/** @type {number} */ port) => `postgres://postgres@127.0.0.1:${port}/postgres`
  const server = await startServer({
    name: 'postgres',
    signal: FAST_SHUTDOWN,
    ...(user === null ? {} : { user }),
    prepare: (folder) => prepare(folder, user ?? {}),
    command: (port, folder) => [
      ...program.command,
      ...['-D', join(folder, DATA), '-p', `${port}`, '-h', '127.0.0.1'],
      ...[`unix_socket_directories=${folder}`, ...SETTINGS, ...settings].flatMap((setting) => ['-c', setting]),
    ],
    answers: async (port, _pid, folder) =>
      (await ask(urlOf(port), 'show data_directory')).data_directory === join(folder, DATA),
  })
  const url = urlOf(server.port)
  return { ...server, url, version: await postgresVersion(url) }
}

/**
 * @param {Program} program
 * @param {string} folder
 * @param {User} user
 */
async function makeDatabase(program, folder, user) {
  const kind = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await run(join(dirname(program.path), 'initdb'), ['-D', folder, ...kind], { cwd: '/', ...user })
}

/**
 * The first row that a server answers, on a connection of its own.
 *
 * @param {string} url
 * @param {string} query
 * @param {unknown[]} [values]
 * @returns {Promise<Record<string, unknown>>}
 */
async function ask(url, query, values = []) {
  const client = new pg.Client(url)
  // It is said by the rejection as well.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(query, values)).rows[0]
  } finally {
    await client.end()
  }
}
