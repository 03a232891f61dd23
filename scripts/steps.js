/** What the scripts share: where the tree is, which files it has, and how a program is run in it. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the workspace, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** The program files of tools that are installed with the workspace; they are run by this Node, without a shell. */
const tools = {
  attw: 'node_modules/@arethetypeswrong/cli/dist/index.js',
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
  publint: 'node_modules/publint/src/cli.js',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
}

/** What is made, fetched or kept by machines, and so is nobody's source. */
const notSources = new Set(['node_modules', 'dist', 'reports', 'coverage', '.git', '.data'])

/**
 * Runs a program to its end. Ctrl-C and SIGTERM end the program, and this process lives on to say how it ended.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, output?: 'show' | 'keep' | 'both' }} [options] `output`: shown
 *   (default), kept for the caller, or both.
 * @returns {Promise<{ status: number, output: string }>} `status` as a shell would say it: 128 + n after signal n.
 */
export function run(command, args, { cwd = root, env = {}, output = 'show' } = {}) {
  const stream = output === 'show' ? 'inherit' : 'pipe'
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['inherit', stream, stream] })

  let kept = ''
  for (const [from, to] of /** @type {const} */ ([
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])) {
    from?.setEncoding('utf8').on('data', (text) => {
      kept += text
      if (output === 'both') to.write(text)
    })
  }

  const stay = () => {} // a terminal sends Ctrl-C to the child as well
  const passOn = () => void child.kill('SIGTERM')
  process.on('SIGINT', stay).on('SIGTERM', passOn)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('SIGINT', stay).off('SIGTERM', passOn)
      resolve({ status: code ?? 128 + (signal === null ? 1 : constants.signals[signal]), output: kept })
    })
  })
}

/**
 * Runs a tool of the workspace.
 *
 * @param {keyof typeof tools} tool
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runTool(tool, args, options) {
  return run(process.execPath, [join(root, tools[tool]), ...args], options)
}

/**
 * The files of a tree that people wrote, as paths with forward slashes relative to it, sorted.
 *
 * @param {string} [base]
 * @returns {string[]}
 */
export function sourceFiles(base = root) {
  /** @type {(folder: string) => string[]} */
  const under = (folder) =>
    readdirSync(join(base, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (notSources.has(entry.name)) return []
      if (entry.isDirectory()) return under(path)
      return entry.isFile() ? [path] : []
    })
  return under('').sort()
}

/**
 * A file's text, by its path, absolute or relative to the tree.
 *
 * @param {string} path
 */
export function textOf(path) {
  return readFileSync(resolve(root, path), 'utf8')
}
