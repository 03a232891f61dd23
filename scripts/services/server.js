import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, isFree } from './free-port.js'
import { until } from './until.js'

/**
 * @typedef {object} Plan
 * @property {string} name
 * @property {(folder: string) => Promise<void>} [prepare] fills the data folder, before the first start
 * @property {(port: number, folder: string) => readonly [string, ...string[]]} command
 * @property {(port: number, pid: number, folder: string) => Promise<boolean>} answers whether this very process answers
 *   at the port
 * @property {number} [beside] a second port that it needs, this far above the first
 * @property {NodeJS.Signals} [signal] what ends it cleanly. Default `SIGTERM`
 * @property {{ uid: number, gid: number }} [user] as whom it runs. Default: as we do
 *
 * @typedef {object} Server
 * @property {number} port on 127.0.0.1
 * @property {string} folder its data; gone once it is stopped
 * @property {() => Promise<void>} kill ends it as a fault would, by SIGKILL; its data stays
 * @property {() => Promise<void>} restart starts it again, on the same port and the same data
 * @property {() => Promise<void>} stop ends it cleanly, and removes its data
 */

/** How long, in milliseconds, a server may take to answer, on the slowest machine. */
const STARTS_WITHIN = 120_000

/** How long, in milliseconds, until it is asked again. */
const ASKED_EVERY = 20

/** Between our look for a free port and its use, somebody else may take it. */
const TRIES = 3

/** The end of what a server said, in characters: enough to see why it does not start. */
const SAID = 4000

// The server takes the place of this shell. What stays behind of it reads from a pipe whose other end is ours: a first line
// when the server has ended, a second one when its data need not be watched any more. Where the pipe ends before that, we
// have ended, however that came: then the server ends too, and its data goes.
const GUARDED = `
  ( trap '' HUP INT TERM
    if read -r ended; then read -r done && exit; else kill -9 $$; fi
    for again in 1 2 3 4 5; do rm -rf "$0" && exit; sleep 1; done
  ) <&3 >/dev/null 2>&1 &
  exec "$@" 3<&-`

/**
 * Starts a server on a free loopback port, with its data in a folder of its own, and waits until it answers. It ends with
 * this process, however that ends, and then its data goes too.
 *
 * @param {Plan} plan
 * @returns {Promise<Server>}
 */
export async function startServer(plan) {
  const { name, prepare, beside, signal = 'SIGTERM', user } = plan
  const folder = await mkdtemp(join(tmpdir(), `holdfast-${name}-`))
  try {
    if (user !== undefined) await chown(folder, user.uid, user.gid)
    await prepare?.(folder)
    for (let tried = 1; ; tried++) {
      const port = await freePort(beside)
      try {
        return serving(await launch(plan, port, folder), port)
      } catch (error) {
        if (tried === TRIES) throw error
      }
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }

  /**
   * @param {Launched} child
   * @param {number} port
   * @returns {Server}
   */
  function serving(child, port) {
    return {
      port,
      folder,
      async kill() {
        await child.end('SIGKILL')
        // Processes of its own that are still to end may keep its port open.
        await until(`port ${port} is closed`, () => isFree(port))
      },
      async restart() {
        await child.end(signal)
        child.release()
        child = await relaunch(plan, port, folder)
      },
      async stop() {
        await child.end(signal)
        await rm(folder, { recursive: true, force: true })
        child.release()
      },
    }
  }
}

/**
 * What was killed may leave processes behind that still end, and until then does not start again.
 *
 * @param {Plan} plan
 * @param {number} port
 * @param {string} folder
 */
async function relaunch(plan, port, folder) {
  for (const deadline = Date.now() + STARTS_WITHIN; ; await sleep(ASKED_EVERY)) {
    try {
      return await launch(plan, port, folder)
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/**
 * @typedef {object} Launched
 * @property {(signal: NodeJS.Signals) => Promise<void>} end
 * @property {() => void} release leaves its data alone from now on, even if we end
 */

/**
 * @param {Plan} plan
 * @param {number} port
 * @param {string} folder
 * @returns {Promise<Launched>}
 */
async function launch({ name, command, answers, user }, port, folder) {
  const child = spawn('/bin/sh', ['-c', GUARDED, folder, ...command(port, folder)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    ...user,
  })
  const [, stdout, stderr, guard] = child.stdio
  let said = ''
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-SAID)
    })
  }
  // A test that forgets to stop its server must not wait for it for ever.
  child.unref()
  for (const stream of [stdout, stderr, guard]) if (stream instanceof Socket) stream.unref()

  const pipe = guard instanceof Socket ? guard : null
  // Who kills all that they find may have killed the other end.
  pipe?.on('error', () => undefined)
  const ended = once(child, 'exit').then(() => void pipe?.write('ended\n'))
  const release = () => void pipe?.end('done\n')
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    child.ref()
    if (isAlive()) child.kill(signal)
    await ended
  }
  for (const deadline = Date.now() + STARTS_WITHIN; isAlive(); await sleep(ASKED_EVERY)) {
    if (await answers(port, Number(child.pid), folder).catch(() => false)) return { end, release }
    if (Date.now() > deadline) break
  }
  await end('SIGKILL')
  release()
  throw new Error(`${name} did not start:\n${said}`)
}
