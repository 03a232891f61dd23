import pg from 'pg'
import postgres from 'postgres'
import { createClient } from 'redis6'
import { afterAll, describe, expect, test } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { service } from '../../scripts/services/service.js'
import { listens, portOf } from './reach.js'

/** One value, written and read by a client of the server's own protocol. */
interface Note {
  write(url: string): Promise<void>
  read(url: string): Promise<unknown>
}

const inRedis: Note = {
  write: (url) => onRedis(url, async (client) => void (await client.set('note', 'kept'))),
  read: (url) => onRedis(url, (client) => client.get('note')),
}

interface Redis {
  get(key: string): Promise<unknown>
  set(key: string, value: string): Promise<unknown>
}

async function onRedis<T>(url: string, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  await client.connect()
  try {
    return await act(client)
  } finally {
    client.destroy()
  }
}

const inPostgres: Note = {
  async write(url) {
    const client = new pg.Client(url)
    await client.connect()
    await client.query(`create table note as select 'kept' as text`)
    await client.end()
  },
  async read(url) {
    const sql = postgres(url)
    const rows = await sql`select text from note`
    await sql.end()
    return rows[0]?.text
  },
}

const durable = ['--appendonly', 'yes', '--appendfsync', 'always']
const kinds = [
  { name: 'redis', says: /^Redis \d/, note: inRedis, args: durable },
  { name: 'redis-6', says: /^Redis 6\.2\./, note: inRedis, args: durable },
  { name: 'redis-8', says: /^Redis 8\./, note: inRedis, args: durable },
  { name: 'valkey', says: /^Valkey 8\./, note: inRedis, args: durable },
  { name: 'valkey-9', says: /^Valkey 9\./, note: inRedis, args: durable },
  { name: 'postgres', says: /^Postgres \d/, note: inPostgres, args: ['synchronous_commit=on'] },
  { name: 'postgres-18', says: /^Postgres 18\./, note: inPostgres, args: ['synchronous_commit=on'] },
] as const

for (const { name, says, note, args } of kinds) {
  const server = await service(name, { args })
  afterAll(async () => void ('stop' in server && (await server.stop())))

  describeOn(server, name, ({ url, version, kill, restart, stop }) => {
    test('is the version that it is named for', () => {
      expect(version).toMatch(says)
    })

    test('listens on the loopback address alone', async () => {
      expect(await listens(portOf(url))).toBe(true)
      expect(await listens(portOf(url), '127.0.0.2')).toBe(false)
    })

    test('answers its protocol, and is there again with its data after a fault', async () => {
      await note.write(url)
      await kill()
      expect(await listens(portOf(url))).toBe(false)
      await restart()
      expect(await note.read(url)).toBe('kept')
    })

    test('is gone once it is stopped, however often', async () => {
      await stop()
      expect(await listens(portOf(url))).toBe(false)
      await stop()
    })
  })
}

describe('two of a kind', () => {
  test('know nothing of each other', async () => {
    const [one, other] = [await service('redis', { own: true }), await service('redis', { own: true })]
    if ('missing' in one || 'missing' in other) return
    await inRedis.write(one.url)
    expect(await inRedis.read(other.url)).toBe(null)
    await Promise.all([one.stop(), other.stop()])
  })
})
