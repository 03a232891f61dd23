import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, runTool, textOf } from './steps.js'

/**
 * As much of npm's lock files as is read here.
 *
 * @typedef {{ link?: boolean, optional?: boolean, peer?: boolean, integrity?: string }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/** A registry that does not answer once may answer the next time. */
const TRIES = 3

const installedLock = 'node_modules/.package-lock.json'

/** How a program ends after Ctrl-C. */
const INTERRUPTED = 130

/**
 * The first package that is not installed as the lock wants it, or `null` if all are. npm itself writes what it installed
 * to `node_modules/.package-lock.json`, so that an install by hand is recognised and nothing of ours has to be kept.
 *
 * @param {Lock} lock `package-lock.json`
 * @param {Lock | null} installed npm's own record; `null` where there is none
 * @param {(path: string) => boolean} exists whether a folder of the workspace is there
 * @returns {string | null}
 */
export function notInstalled(lock, installed, exists) {
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.includes('node_modules/') || wanted.optional || wanted.peer) continue
    if (installed?.packages[path]?.integrity !== wanted.integrity || !exists(path)) return path
  }
  return null
}

/**
 * Makes a fresh clone ready to run: installs what the lock names where that is not there, and builds. It needs nothing but
 * Node and npm, and is no `prestart` or `pretest`: with `ignore-scripts` npm would leave those out.
 *
 * @returns {Promise<number>} the exit status of the step that failed; 0 if all is ready.
 */
export async function prepare() {
  const installed = existsSync(join(root, installedLock)) ? readLock(installedLock) : null
  const missing = notInstalled(readLock('package-lock.json'), installed, (path) => existsSync(join(root, path)))
  if (missing !== null) {
    console.log(`Installing (${missing} is not there as package-lock.json names it) …`)
    const status = await install()
    if (status !== 0) return status
  }
  const { status } = await runTool('tsc', ['-b'])
  return status
}

/**
 * @param {string} path
 * @returns {Lock}
 */
function readLock(path) {
  return JSON.parse(textOf(path))
}

/** @returns {Promise<number>} */
async function install() {
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : null
  const args = ['ci', '--include=dev']
  for (let tried = 1; ; tried++) {
    const { status } = await (npm === null ? run('npm', args) : run(process.execPath, [npm, ...args]))
    if (status === 0 || status === INTERRUPTED || tried === TRIES) return status
    console.error(`npm ci ended with ${status}; trying again (${tried} of ${TRIES} tries used).`)
  }
}
