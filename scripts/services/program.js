import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { clearLeftover, installPackage } from './debian.js'

/**
 * A program that is to be found.
 *
 * @typedef {object} Wanted
 * @property {string} name as people call it
 * @property {readonly string[]} places where it may lie; a `*` stands for any one name, and of several the last counts
 * @property {RegExp} [version] what `--version` must say of it; where it says something else it is not the one
 * @property {string} [install] the package of the machine's own Debian that brings it to one of the places
 * @property {Fetched} [fetch] where else it comes from
 *
 * @typedef {object} Fetched
 * @property {() => Promise<{ folder: string } | { problem: string }>} folder fetches it
 * @property {string} path where the program lies in the folder
 */

/**
 * The program's file, and what starts it: that file, or another that is given it.
 *
 * @typedef {{ path: string, command: readonly [string, ...string[]] }} Program
 * @typedef {{ missing: string }} Missing why it cannot be had
 */

/**
 * Finds a program: on the machine; else in the machine's own Debian, where we are root; else fetched into a folder outside
 * the workspace.
 *
 * @param {Wanted} wanted
 * @returns {Promise<Program | Missing>}
 */
export async function findProgram({ name, places, version, install, fetch }) {
  const there = () => places.flatMap(matches).at(-1)
  const fits = async () => {
    const path = there()
    return path !== undefined && (version === undefined || version.test(await versionOf(path))) ? path : undefined
  }

  if (install !== undefined) await clearLeftover()
  const found = await fits()
  if (found !== undefined) return plain(found)

  let problem = there() === undefined ? 'it is not installed' : 'another version is installed'
  if (install !== undefined && there() === undefined) {
    problem =
      (await installPackage(install, () => there() !== undefined)) ?? 'the package of this Debian has another version'
    const installed = await fits()
    if (installed !== undefined) return plain(installed)
  }
  if (fetch !== undefined) {
    const fetched = await fetch.folder()
    const program = 'folder' in fetched ? await startedFrom(fetched.folder, fetch.path) : null
    if (program !== null) return program
    problem = 'problem' in fetched ? fetched.problem : `${join(fetched.folder, fetch.path)} is not in its package`
  }
  return { missing: `${name} cannot be had: ${problem}.` }
}

/**
 * A program in a folder that holds all its libraries is started by the loader that came with them. A loader would call it
 * by its own name, and some programs are another tool under another name.
 *
 * @param {string} folder
 * @param {string} path
 * @returns {Promise<Program | null>}
 */
async function startedFrom(folder, path) {
  const program = join(folder, path)
  if (!existsSync(program)) return null
  // A wheel does not say which of its files are programs.
  await chmod(program, 0o755)
  const loader = matches(join(folder, 'usr/lib/*/ld-linux-*.so.*')).at(-1)
  if (loader === undefined) return plain(program)
  return { path: program, command: [loader, '--argv0', program, '--library-path', join(loader, '..'), program] }
}

/**
 * @param {string} path
 * @returns {Program}
 */
function plain(path) {
  return { path, command: [path] }
}

/** @param {string} path */
async function versionOf(path) {
  return (await promisify(execFile)(path, ['--version'])).stdout
}

/**
 * The paths that are there; `*` in the place of a name, or in one, stands for anything. In the order of numbers in them.
 *
 * @param {string} pattern
 * @returns {string[]}
 */
function matches(pattern) {
  const star = pattern.indexOf('*')
  if (star === -1) return existsSync(pattern) ? [pattern] : []
  const base = pattern.slice(0, pattern.lastIndexOf('/', star))
  const [name = '', ...rest] = pattern.slice(base.length + 1).split('/')
  const fits = new RegExp(`^${name.replace(/[.+?]/g, '\\$&').replaceAll('*', '.*')}$`)
  if (!existsSync(base)) return []
  return readdirSync(base)
    .filter((entry) => fits.test(entry))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((entry) => matches([base, entry, ...rest].join('/')))
}
