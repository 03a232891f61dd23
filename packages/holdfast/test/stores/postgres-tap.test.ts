import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { withSetting } from './postgres-clients.js'
import { tap } from './postgres-tap.js'

test('a tap leads to the host of the URL, and keeps what else stands there', async () => {
  const elsewhere = createServer((socket) => void socket.on('error', () => undefined).pipe(socket)).listen(
    0,
    '127.0.0.2',
  )
  await once(elsewhere, 'listening')
  const { port } = elsewhere.address() as AddressInfo
  const wire = await tap(`postgres://ada@127.0.0.2:${port}/shop?application_name=a`)
  const tapped = new URL(wire.url)
  expect([tapped.hostname, tapped.username, tapped.pathname, tapped.search]).toEqual([
    '127.0.0.1',
    'ada',
    '/shop',
    '?application_name=a',
  ])
  const client = connect(Number(tapped.port), tapped.hostname)
  client.on('error', () => undefined).write('heard')
  expect(String((await once(client, 'data'))[0])).toBe('heard')
  await wire.close()
  elsewhere.close()
})

test('a setting for connections stands beside what a URL has already', () => {
  const url = withSetting('postgres://a@127.0.0.1/a?application_name=a', 'x=1')
  const { searchParams } = new URL(withSetting(url, 'y=repeatable read'))
  expect([...searchParams]).toEqual([
    ['application_name', 'a'],
    ['options', '-c x=1 -c y=repeatable\\ read'],
  ])
})
