import { expect, test } from 'vitest'
import { Latest } from '../src/latest.js'
import { areOneServer, hostOf, secondOrigin } from '../src/try/loopback.js'
import { signals } from '../src/try/signals.js'

test('a point that was reached is known to those who wait and to those who come later, in that run alone', async () => {
  const { reached, until } = signals(60_000)
  const waiting = until('run', 'slow')
  reached('run', 'slow')
  expect(await waiting).toBe(true)
  expect(await until('run', 'slow')).toBe(true)
  const { until: impatient } = signals(1)
  expect(await impatient('other', 'slow')).toBe(false)
})

test('only the latest names are kept', () => {
  const latest = new Latest<number>(2)
  latest.set('a', 1)
  latest.set('b', 2)
  latest.set('a', 3)
  latest.set('c', 4)
  expect(['a', 'b', 'c'].map((name) => latest.get(name))).toEqual([3, undefined, 4])
})

test('the second origin is this server under the other name of the machine', () => {
  expect(secondOrigin('127.0.0.1:3000', '127.0.0.1')).toBe('http://localhost:3000')
  expect(secondOrigin('[::1]:3000', '::1')).toBe('http://localhost:3000')
  expect(secondOrigin('localhost', '::ffff:127.0.0.1')).toBe('http://127.0.0.1')
  expect(secondOrigin('LOCALHOST:80', '::1')).toBe('http://[::1]:80')
  for (const host of [
    'shop.example',
    '192.168.0.2:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    undefined,
  ]) {
    expect(secondOrigin(host, '127.0.0.1')).toBeNull()
  }
  expect(hostOf('::ffff:10.0.0.1')).toBe('10.0.0.1')
  expect(areOneServer('localhost:3000', '127.0.0.1:3000')).toBe(true)
  expect(areOneServer('localhost:3000', '127.0.0.1:3001')).toBe(false)
  expect(areOneServer('localhost', 'evil.example')).toBe(false)
})
