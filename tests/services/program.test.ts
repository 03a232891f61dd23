import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { oneAtATime } from '../../scripts/services/one-at-a-time.js'
import { findProgram } from '../../scripts/services/program.js'
import { tries } from '../../scripts/services/tries.js'

const base = await mkdtemp(join(tmpdir(), 'holdfast-programs-'))
afterAll(() => rm(base, { recursive: true }))

/** A program that only says its version. */
async function put(path: string, version: string): Promise<string> {
  const file = join(base, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `#!/bin/sh\necho thing ${version}\n`, { mode: 0o755 })
  return file
}

test('of several versions on the machine, the newest is found', async () => {
  await put('several/9/bin/thing', '9')
  const path = await put('several/15/bin/thing', '15')
  await mkdir(join(base, 'several/16/lib'), { recursive: true })
  const wanted = { name: 'Thing', places: [join(base, 'nowhere/thing'), join(base, 'several/*/bin/thing')] }
  expect(await findProgram(wanted)).toEqual({ path, command: [path] })
})

test('one of another version is not taken, and nothing installed in its place', async () => {
  const place = await put('other/thing', '7.0')
  const wanted = { name: 'Thing 8', places: [place], version: /thing 8\./, install: 'no-such-package' }
  expect(await findProgram(wanted)).toEqual({ missing: 'Thing 8 cannot be had: another version is installed.' })

  const path = await put('fetched/bin/thing', '8.1')
  const fetch = { folder: async () => ({ folder: join(base, 'fetched') }), path: 'bin/thing' }
  expect(await findProgram({ ...wanted, fetch })).toEqual({ path, command: [path] })
})

test('one that was fetched with its libraries is started by their loader, under its own name', async () => {
  const path = await put('whole/usr/bin/thing', '9')
  const loader = await put('whole/usr/lib/some-linux-gnu/ld-linux-some.so.2', '')
  const fetch = { folder: async () => ({ folder: join(base, 'whole') }), path: 'usr/bin/thing' }
  expect(await findProgram({ name: 'Thing', places: [], fetch })).toEqual({
    path,
    command: [loader, '--argv0', path, '--library-path', dirname(loader), path],
  })
})

test('why one cannot be had is said', async () => {
  const none = { folder: async () => ({ problem: 'the mirror is away' }), path: 'bin/thing' }
  expect(await findProgram({ name: 'Thing', places: [], fetch: none })).toEqual({
    missing: 'Thing cannot be had: the mirror is away.',
  })
  const empty = { folder: async () => ({ folder: base }), path: 'bin/thing' }
  expect(await findProgram({ name: 'Thing', places: [], fetch: empty })).toEqual({
    missing: `Thing cannot be had: ${base}/bin/thing is not in its package.`,
  })
})

test('what fails by chance is tried three times', async () => {
  const act = vi.fn().mockRejectedValueOnce(new Error('once')).mockResolvedValue('done')
  expect(await tries(act)).toBe(null)
  const never = vi.fn().mockRejectedValue(new Error('always'))
  const between = vi.fn().mockResolvedValue(undefined)
  expect(await tries(never, between)).toBe('always')
  expect([act.mock.calls.length, never.mock.calls.length, between.mock.calls.length]).toEqual([2, 3, 3])
})

test('acts of which only one may run at a time follow each other, also after one that fails', async () => {
  const seen: string[] = []
  const act = (name: string) => () => {
    seen.push(`${name} begins`)
    return new Promise<void>((resolve, reject) =>
      setImmediate(() => {
        seen.push(`${name} ends`)
        if (name === 'one') reject(new Error('failed'))
        else resolve()
      }),
    )
  }
  const ended = await Promise.allSettled(['one', 'two', 'three'].map((name) => oneAtATime(act(name))))
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  const [first, second, third] = [0, 2, 4].map((n) => seen.slice(n, n + 2).map((line) => line.split(' ')[0]))
  for (const pair of [first, second, third]) expect(new Set(pair).size).toBe(1)
})

test('what is fetched is kept whole or not at all, and fetched once', async () => {
  const home = join(base, 'cache')
  vi.stubEnv('XDG_CACHE_HOME', home)
  const { cached } = await import('../../scripts/services/cache.js')
  const fill = vi.fn(async (work: string) => {
    const made = join(work, 'made')
    await mkdir(made)
    await writeFile(join(made, 'thing'), '')
    return made
  })
  const [one, other] = await Promise.all([cached('thing', fill), cached('thing', fill)])
  expect(one).toEqual({ folder: join(home, 'holdfast', 'programs', 'thing') })
  expect(other).toEqual(one)
  expect(fill).toHaveBeenCalledTimes(1)
  expect(existsSync(join(home, 'holdfast', 'programs', 'thing', 'thing'))).toBe(true)

  const half = async (work: string): Promise<string> => {
    await mkdir(join(work, 'half'))
    throw new Error('the line was cut')
  }
  expect(await cached('half', half)).toEqual({ problem: 'the line was cut' })
  expect(await readdir(join(home, 'holdfast', 'programs'))).toEqual(['thing'])
  vi.unstubAllEnvs()
})
