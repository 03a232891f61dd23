import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { placeOf } from '../src/listen.js'
import { secretIn } from '../src/secret.js'
import { storeOption } from '../src/store-option.js'
import { SECRET } from './open-shop.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const command = join(root, 'examples/shop/dist/server.js')

let folder: string
let child: ChildProcess | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-shop-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  child = null
  rmSync(folder, { recursive: true })
})

describe('the secret', () => {
  test('is written once, for its owner alone, also when many start at once', async () => {
    const path = join(folder, 'data', 'secret')
    const first = await Promise.all(Array.from({ length: 20 }, () => secretIn(path)))
    expect(new Set([...first, await secretIn(path)]).size).toBe(1)
    expect(first[0]).toMatch(/^[\w-]{43}$/)
    expect(readFileSync(path, 'utf8')).toBe(first[0])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  })

  test('is waited for while another process is about to write it', async () => {
    const path = join(folder, 'secret')
    writeFileSync(path, '')
    const waiting = secretIn(path)
    writeFileSync(path, SECRET)
    expect(await waiting).toBe(SECRET)
  })

  test('that was cut short is not used, and it is said what to do', async () => {
    const path = join(folder, 'secret')
    writeFileSync(path, 'short')
    await expect(secretIn(path)).rejects.toThrow(/holds no secret\. Delete it/)
  })
})

describe('the option --store', () => {
  test('takes memory: and sqlite:PATH, and has a default', () => {
    expect(storeOption([], 'default.db')).toEqual({ kind: 'sqlite', path: 'default.db' })
    expect(storeOption(['--store', 'memory:'], 'default.db')).toEqual({ kind: 'memory' })
    for (const url of ['sqlite:a/b.db', 'sqlite://a/b.db']) {
      expect(storeOption([`--store=${url}`], 'default.db')).toEqual({ kind: 'sqlite', path: 'a/b.db' })
    }
    for (const url of ['redis://localhost', 'rediss://localhost:6380', 'postgres://db/x', 'postgresql://db/x']) {
      expect(storeOption(['--store', url], 'default.db')).toEqual({ kind: 'server', url, path: 'default.db' })
    }
  })

  test.each([['--store', 'redis:'], ['--store', 'sqlite:'], ['--store'], ['--stroe', 'memory:'], ['memory:']])(
    'refuses %s %s in one line that says what it takes',
    (...args) => {
      const refused = () => storeOption(args, 'default.db')
      expect(refused).toThrow(/^.*Use --store memory:, sqlite:PATH, redis:.*$/)
    },
  )
})

test('PORT is a port', () => {
  expect(placeOf({})).toEqual({ host: '127.0.0.1', port: 3000 })
  expect(placeOf({ PORT: '8080', HOST: '::1' })).toEqual({ host: '::1', port: 8080 })
  for (const PORT of ['x', '-1', '65536', '80.5', '0x50']) expect(() => placeOf({ PORT })).toThrow(/^PORT is /)
})

describe('the command', () => {
  beforeAll(() => {
    if (!existsSync(command))
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'examples/shop'], {
        cwd: root,
      })
  })

  /** Starts the shop as `npm start` does, and gathers what it says. */
  function start(args: readonly string[], env: Record<string, string> = {}) {
    const started = spawn(process.execPath, [command, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, PORT: '0', SESSION_SECRET: SECRET, ...env },
    })
    child = started
    const said = { out: '', err: '' }
    started.stdout.setEncoding('utf8').on('data', (text) => (said.out += text))
    started.stderr.setEncoding('utf8').on('data', (text) => (said.err += text))
    const ended = once(started, 'close').then(([status]) => status as number | null)
    return { said, ended, kill: (signal: NodeJS.Signals) => started.kill(signal) }
  }

  async function addressOf({ said }: ReturnType<typeof start>): Promise<URL> {
    await expect.poll(() => said.out, { timeout: 10_000 }).toMatch(/http:\S+/)
    return new URL(/http:\S+/.exec(said.out)?.[0] ?? '')
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('serves until %s and ends cleanly', async (signal) => {
    const shop = start(['--store', 'memory:'])
    const address = await addressOf(shop)
    const answer = await fetch(address)
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Made to hold')])
    shop.kill(signal)
    expect(await shop.ended).toBe(0)
    expect(shop.said.out).toMatch(/Stopped\.\n$/)
    expect(shop.said.err).not.toContain('Error')
  })

  test('ends also while a browser keeps a connection open that it never used', async () => {
    const shop = start(['--store', `sqlite:${join(folder, 'shop.db')}`])
    const { port } = await addressOf(shop)
    const idle = connect(Number(port), '127.0.0.1')
    await once(idle, 'connect')
    shop.kill('SIGINT')
    expect(await shop.ended).toBe(0)
    expect(shop.said.out).toMatch(/Stopped\.\n$/)
    idle.destroy()
  })

  test('keeps secret and database in DATA_DIR', async () => {
    const data = join(folder, 'data')
    const shop = start([], { DATA_DIR: data, SESSION_SECRET: '' })
    await expect.poll(() => shop.said.out, { timeout: 60_000 }).toContain('The shop is open')
    shop.kill('SIGINT')
    expect(await shop.ended).toBe(0)
    for (const name of ['secret', 'shop.db']) expect(existsSync(join(data, name))).toBe(true)
  })

  test('says in one line that a port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const shop = start(['--store', 'memory:'], { PORT: String(port) })
    expect(await shop.ended).toBe(1)
    expect(shop.said.err).toBe(
      `Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm start\n`,
    )
    expect(shop.said.out).toBe('')
    other.close()
  })

  test.each([
    ['an unknown store', ['--store', 'mysql://ada:hunter2@localhost'], /^There is no store "mysql:…"\. Use .*\n$/],
    ['a server that is not there', ['--store', 'redis://127.0.0.1:1'], /^holdfast: openStore reached no server .*\n$/],
    ['a database that cannot be opened', ['--store', 'sqlite:/dev/null/shop.db'], /^Cannot open the database .*\n$/],
  ])('says in one line that there is %s', async (_what, args, line) => {
    const shop = start(args)
    expect(await shop.ended).toBe(1)
    expect(shop.said.err).toMatch(line)
    expect(shop.said.err.trim()).not.toContain('\n')
  })
})
