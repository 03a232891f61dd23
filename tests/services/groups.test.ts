import { Cluster, Redis } from 'ioredis6'
import pg from 'pg'
import { createCluster } from 'redis6'
import { afterAll, expect, test } from 'vitest'
import { describeOn } from '../../scripts/services/describe-on.js'
import { service } from '../../scripts/services/service.js'
import { listens, portOf } from './reach.js'

const wait = { timeout: 60_000, interval: 100 }

for (const name of ['redis-cluster', 'valkey-cluster'] as const) {
  const cluster = await service(name, { own: true })
  afterAll(async () => void ('stop' in cluster && (await cluster.stop())))

  describeOn(cluster, name, ({ urls, nodes, primaryOf }) => {
    test('spreads keys over three primaries, which clients find from any node', async () => {
      const client = createCluster({ rootNodes: urls.slice(-1).map((url) => ({ url })) })
      await client.connect()
      const primaries = new Set<string>()
      for (let n = 0; n < 12; n++) {
        await client.set(`key-${n}`, `${n}`)
        expect(await client.get(`key-${n}`)).toBe(`${n}`)
        primaries.add((await primaryOf(`key-${n}`)).url)
      }
      expect(primaries.size).toBe(3)
      client.destroy()
    })

    test('listens on the loopback address alone, also for its nodes', async () => {
      for (const port of nodes.flatMap((node) => [node.port, node.port + 10_000])) {
        expect(await listens(port)).toBe(true)
        expect(await listens(port, '127.0.0.2')).toBe(false)
      }
    })

    test('takes writes to a key again after its primary was killed', async () => {
      const client = new Cluster([...urls])
      client.on('error', () => undefined)
      await client.set('note', 'before')
      const first = await primaryOf('note')
      // The replica has it, before its primary goes.
      expect(await client.wait(1, 0)).toBe(1)
      await first.kill()
      await expect.poll(async () => (await primaryOf('note')).port, wait).not.toBe(first.port)
      await expect.poll(() => client.get('note').catch(String), wait).toBe('before')
      expect(await client.set('note', 'after')).toBe('OK')
      await first.restart()
      client.disconnect()
    })
  })
}

const watched = await service('redis-sentinel', { own: true })
afterAll(async () => void ('stop' in watched && (await watched.stop())))

describeOn(watched, 'redis-sentinel', ({ sentinels, group, nodes, primary }) => {
  test('names a replica in place of a primary that was killed, and clients follow', async () => {
    expect(nodes).toHaveLength(3)
    const client = new Redis({ sentinels: [...sentinels], name: group })
    client.on('error', () => undefined)
    await client.set('note', 'before')
    expect(await client.wait(2, 0)).toBe(2)
    const first = await primary()
    await first.kill()
    await expect.poll(async () => (await primary()).port, wait).not.toBe(first.port)
    await expect.poll(() => client.set('note', 'after').catch(String), wait).toBe('OK')
    expect(await client.get('note')).toBe('after')
    client.disconnect()
  })
})

const replicated = await service('postgres-replica', { own: true })
afterAll(async () => void ('stop' in replicated && (await replicated.stop())))

describeOn(replicated, 'postgres-replica', ({ url, replica, kill, restart, stop }) => {
  const rows = async (at: string, query: string): Promise<unknown[]> => {
    const client = new pg.Client(at)
    await client.connect()
    try {
      return (await client.query(query)).rows
    } finally {
      await client.end()
    }
  }

  test('what is written to the primary arrives at the replica, which takes no writes itself', async () => {
    await rows(url, 'create table note (text text)')
    await rows(url, `insert into note values ('kept')`)
    await expect.poll(() => rows(replica.url, 'select text from note').catch(String), wait).toEqual([{ text: 'kept' }])
    await expect(rows(replica.url, `insert into note values ('not here')`)).rejects.toMatchObject({ code: '25006' })
  })

  test('the replica answers without its primary, and follows again once that is back', async () => {
    await kill()
    expect(await rows(replica.url, 'select text from note')).toEqual([{ text: 'kept' }])
    await restart()
    await rows(url, `update note set text = 'changed'`)
    await expect.poll(() => rows(replica.url, 'select text from note'), wait).toEqual([{ text: 'changed' }])
  })

  test('both are gone once it is stopped', async () => {
    await stop()
    expect(await listens(portOf(url))).toBe(false)
    expect(await listens(portOf(replica.url))).toBe(false)
  })
})
