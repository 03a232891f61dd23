import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { obtain } from './obtain.js'
import { programs } from './programs.js'
import { startServer } from './server.js'
import { unprivileged } from './unprivileged.js'

/** The first release of pgbouncer, of those that begin with `1.`, that knows prepared statements, and the setting for them. */
const KNOWS_PREPARED = 21

/** Ends it at once; SIGTERM waits for clients in releases from 1.23 on. */
const IMMEDIATE_SHUTDOWN = 'SIGQUIT'

/**
 * @typedef {object} Pooler
 * @property {string} url leads to the database through the pooler
 * @property {string} version such as `Postgres 15.18 behind pgbouncer 1.18.0`
 * @property {string} service the name by which it stands in the list of what was tested
 * @property {string} from the program's path
 * @property {() => Promise<void>} stop ends it; the database goes on
 */

/**
 * Starts pgbouncer before a Postgres of our own: in transaction mode, without help for prepared statements, on two connections
 * that take turns, so that one transaction hardly ever runs where the one before ran. Where it cannot be had, that is said
 * aloud.
 *
 * @param {{ url: string, version: string } | { missing: string }} server what `service('postgres', { own: true })` answered
 * @returns {Promise<Pooler | { missing: string }>}
 */
export async function poolerBefore(server) {
  if ('missing' in server) return server
  const program = await obtain('pgbouncer', programs.pgbouncer)
  if ('missing' in program) return program
  const { stdout } = await promisify(execFile)(program.path, ['--version'])
  const [, version = '', minor] = /(\d+\.(\d+)\.\d+)/.exec(stdout) ?? []
  const user = unprivileged()
  const fileIn = (/** @type {string} */ folder) => join(folder, 'pgbouncer.ini')
  const { port, stop } = await startServer({
    name: 'pgbouncer',
    signal: IMMEDIATE_SHUTDOWN,
    ...(user === null ? {} : { user }),
    command(listen, folder) {
      writeFileSync(fileIn(folder), settings(new URL(server.url), listen, Number(minor) >= KNOWS_PREPARED))
      return [...program.command, fileIn(folder)]
    },
    answers: async (listen, _pid, folder) => (await fileOf(listen)) === fileIn(folder),
  })
  const url = new URL(server.url)
  url.port = `${port}`
  return {
    url: url.href,
    version: `${server.version} behind pgbouncer ${version}`,
    service: 'pgbouncer',
    from: program.path,
    stop,
  }
}

/**
 * @param {URL} database
 * @param {number} port
 * @param {boolean} knowsPrepared
 */
function settings({ hostname, port: behind, username }, port, knowsPrepared) {
  return `[databases]
* = host=${hostname} port=${behind} user=${username}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
server_round_robin = 1
${knowsPrepared ? 'max_prepared_statements = 0' : ''}
`
}

/**
 * The file that the pgbouncer at a port was started with.
 *
 * @param {number} port
 */
async function fileOf(port) {
  const client = new pg.Client(`postgres://postgres@127.0.0.1:${port}/pgbouncer`)
  // It is said by the rejection as well.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query('SHOW CONFIG')
    return rows.find(({ key }) => key === 'conffile')?.value
  } finally {
    await client.end()
  }
}
