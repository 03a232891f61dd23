import { createHash } from 'node:crypto'
import pg from 'pg'
import postgres from 'postgres'
import type { PgPool, PostgresSql } from '../../src/stores/postgres.js'
import { newHandle } from '../../src/testing/store-kit/fixture.js'

/** A client that a store can be given, of one of the two libraries. */
export interface Connected {
  readonly client: PgPool | PostgresSql
  close(): Promise<void>
}

/** By the folder of the library in `node_modules`. */
export const clients: Readonly<Record<string, (url: string, connections?: number) => Connected>> = {
  pg(url, connections = 10) {
    const client = newPool(url, { max: connections })
    return { client, close: () => client.end() }
  },
  postgres(url, connections = 10) {
    const client = postgres(url, { max: connections })
    return { client, close: () => client.end() }
  },
}

/** A pool that minds no server which goes away while nobody asks it anything. */
export function newPool(url: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...options })
  pool.on('error', () => undefined)
  return pool
}

/** The URL with a setting for its connections, such as `synchronous_commit=local`, beside those that it has already. */
export function withSetting(url: string, setting: string): string {
  const set = new URL(url)
  // Inside a setting a space would begin the next one.
  const options = [set.searchParams.get('options') ?? '', `-c ${setting.replaceAll(' ', '\\ ')}`]
  set.searchParams.set('options', options.join(' ').trim())
  return set.href
}

/** A name for a table that no other test uses. */
export function newTable(): string {
  return `t_${createHash('sha256').update(newHandle()).digest('hex').slice(0, 16)}`
}
