import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { listens } from './reach.js'

const parent = fileURLToPath(new URL('fixtures/parent.js', import.meta.url))

const wait = { timeout: 60_000 }

/** A process that starts a service, with a folder for temporary files that nobody else uses. */
async function starting(
  name: string,
  then: string,
): Promise<{ said: string; end: (signal: NodeJS.Signals) => void; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-parent-'))
  // As open as the system's own: Postgres works there as another user than root.
  await chmod(folder, 0o1777)
  const env = { ...process.env, TMPDIR: folder }
  // A group of its own, as a terminal makes one: Ctrl-C reaches the servers as well.
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn(process.execPath, [parent, name, then], { env, detached: true, stdio: [...stdio] })
  const [said] = await once(child.stdout.setEncoding('utf8'), 'data')
  const end = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT') process.kill(-Number(child.pid), signal)
    else child.kill(signal)
  }
  return { said, folder, end }
}

test.each([
  ['redis', 'is interrupted', 'SIGINT'],
  ['postgres', 'is interrupted', 'SIGINT'],
  ['redis', 'is killed', 'SIGKILL'],
  ['redis', 'ends and forgot to stop it', null],
  ['redis-cluster', 'is killed', 'SIGKILL'],
  ['redis-sentinel', 'is killed', 'SIGKILL'],
  ['postgres-replica', 'is killed', 'SIGKILL'],
] as const)(
  '%s goes with the process that started it, and so does its data, when that %s',
  async (name, _how, signal) => {
    const { said, end, folder } = await starting(name, signal === null ? 'leave' : 'stay')
    if (said.includes('"missing"')) return
    const ports = [...new Set(said.match(/(?<=:)[12]\d{4}\b/g)?.map(Number))]
    expect(ports.length).toBeGreaterThan(0)
    if (signal !== null) {
      expect(await Promise.all(ports.map((port) => listens(port)))).not.toContain(false)
      expect(await readdir(folder)).not.toEqual([])
      end(signal)
    }
    await expect.poll(() => readdir(folder), wait).toEqual([])
    await expect.poll(() => Promise.all(ports.map((port) => listens(port))), wait).not.toContain(true)
    await rm(folder, { recursive: true })
  },
)
