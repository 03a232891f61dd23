import { expect, test } from 'vitest'
import { summary } from '../../scripts/services/record.js'

test('the list of what was tested has a line a server, and names what could not be had', () => {
  const redis = { service: 'redis', version: 'Redis 7.0.15', from: '/usr/bin/redis-server' }
  expect(
    summary([
      { service: 'valkey', missing: 'Valkey cannot be had: it is not installed.' },
      { ...redis, client: 'redis 6.3.1' },
      { service: 'postgres', version: 'Postgres 15.18', from: 'HOLDFAST_POSTGRES_URL' },
      { ...redis, client: 'ioredis 5.11.1' },
    ]),
  ).toEqual([
    'postgres: Postgres 15.18 (HOLDFAST_POSTGRES_URL)',
    'redis: Redis 7.0.15 (/usr/bin/redis-server) with ioredis 5.11.1, redis 6.3.1',
    'NOT TESTED: valkey. Valkey cannot be had: it is not installed.',
  ])
  expect(summary([])).toEqual([])
})
