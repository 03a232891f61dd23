import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The folder of the workspace. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** How a program ended, and what it said. */
export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** What takes longer than this, in milliseconds, hangs. */
const LONGEST = 120_000

/** Runs a program to its end, without a shell. One that hangs is ended. */
export function run(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd, maxBuffer: 64 * 1024 * 1024, timeout: LONGEST, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const said = error !== null && stdout + stderr === '' ? String(error) : stderr
        resolve({ status: error === null ? 0 : Number(error.code) || 1, stdout, stderr: said })
      },
    )
  })
}

/** Runs npm; throws with what it said where it fails. Answers its standard output. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const { npm_execpath } = process.env
  const own = npm_execpath?.endsWith('npm-cli.js') ? npm_execpath : null
  const ended = await (own === null ? run('npm', args, cwd) : run(process.execPath, [own, ...args], cwd))
  if (ended.status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${ended.status}:\n${ended.stderr}`)
  return ended.stdout
}

/** Unpacks a package's tarball, whose files lie in one folder of any name, into a folder that is made for it. */
export async function unpack(tarball: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const ended = await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], folder)
  if (ended.status !== 0) throw new Error(`${tarball} could not be unpacked:\n${ended.stderr}`)
}
