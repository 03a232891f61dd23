import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { countCommands } from '../../bench/count-commands.js'
import { InProcess } from '../../bench/in-process.js'
import { prove, seed } from '../../bench/prove.js'
import { subjectNamed } from '../../bench/subject.js'
import { sizes, works } from '../../bench/works.js'
import { describeOn } from '../../scripts/services/describe-on.js'
import { service } from '../../scripts/services/service.js'
import { root } from '../../scripts/steps.js'

const names = readdirSync(new URL('../../bench/subjects', import.meta.url)).map((file) => file.replace(/\.js$/, ''))
const inProcess = works.filter(({ way }) => way === 'in process')

const redis = await service('redis', { own: true })
afterAll(async () => void ('stop' in redis && (await redis.stop())))

test('there are the four libraries, holdfast on three frameworks, both on Redis, and every framework by itself', () => {
  expect(names.toSorted()).toEqual([
    ...['express', 'express-session', 'fastify', 'fastify-session', 'holdfast', 'holdfast-koa', 'holdfast-node'],
    ...['koa', 'koa-session', 'next-session', 'node', 'redis-express-session', 'redis-holdfast'],
  ])
})

async function doesTheWorks(name: string, url: string): Promise<void> {
  const { bare, open } = await subjectNamed(name)
  const requests = new InProcess(await open(url), bare === null)
  // Throws unless what is written is held, in that session alone, and what is created is found again.
  await requests.seed([...sizes], 2)
  for (const work of inProcess) {
    // Throws unless the last answers say that the work was done.
    const { requests: done } = await requests.slice({ ...work, most: 16 }, 1)
    expect(done).toBe(16)
  }
}

const subjects = await Promise.all(names.map(async (name) => ({ name, ...(await subjectNamed(name)) })))
const alone = subjects.filter(({ on }) => on === undefined)
const onRedis = subjects.filter(({ on }) => on === 'redis')

test.each(alone)('$name does the works that are measured', ({ name }) => doesTheWorks(name, ''))

describeOn(redis, 'on Redis', ({ url }) => {
  test.each(onRedis)('$name does the works that are measured', ({ name }) => doesTheWorks(name, url))

  test('a read-only request is one command, where connect-redis sends two', async () => {
    const read = works.find((work) => work.name === 'read-2k')
    if (read === undefined) throw new Error('there is no work read-2k')
    // Subjects are measured as they are published.
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/holdfast'], { cwd: root })
    expect(await countCommands('redis-holdfast', read, url)).toEqual({ hgetall: 1 })
    expect(await countCommands('redis-express-session', read, url)).toEqual({ get: 1, expire: 1 })
  })
})

/** Answers as a library would that keeps fields only as long as it is told to. */
function forgetful(keeps: { writes: boolean; fields: boolean; apart: boolean }) {
  const kept = new Map<string, number>()
  let made = 0
  return (method: string, url: string, cookie: string): Promise<string> => {
    const [, act, bytes] = url.split('/')
    const key = keeps.apart ? cookie : 'all'
    if (act === 'seed' || act === 'create') {
      made += 1
      kept.set(keeps.apart ? `id=${made}` : 'all', 1_000)
      return said(1, `Set-Cookie: id=${made}; Path=/\r\n`)
    }
    const likes = kept.get(key) ?? 0
    if (method === 'POST' && keeps.writes) kept.set(key, likes + 1)
    if (act === 'size') return said(keeps.fields ? 100_000 : 10)
    return said(method === 'POST' ? likes + 1 : likes, bytes)
  }
}

async function said(number: number, lines = ''): Promise<string> {
  return `HTTP/1.1 200 OK\r\n${lines}Content-Length: 4\r\n\r\n${number}`
}

test.each([
  ['all that it should', { writes: true, fields: true, apart: true }, null],
  ['no writes', { writes: false, fields: true, apart: true }, /a read after a write of 200 B should answer 1001/],
  ['only some fields', { writes: true, fields: false, apart: true }, /a session of 200 B holds 10 B/],
  ['all sessions in one', { writes: true, fields: true, apart: false }, /a read of another session/],
])('a library that keeps %s is told apart', async (_what, keeps, wrong) => {
  const ask = forgetful(keeps)
  const proven = prove(ask, await seed(ask, [...sizes], 2))
  if (wrong === null) await proven
  else await expect(proven).rejects.toThrow(wrong)
})

test('a slice is refused whose answers show that the work was not done', async () => {
  const listener = (_req: IncomingMessage, res: ServerResponse) => void res.end('0')
  const lazy = new InProcess(listener, false)
  const create = inProcess.find(({ name }) => name === 'create-2k')
  if (create === undefined) throw new Error('there is no work create-2k')
  await expect(lazy.slice({ ...create, most: 16 }, 1)).rejects.toThrow(/create-2k was answered with: HTTP\/1\.1 200 OK/)
})
