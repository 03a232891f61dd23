import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import { type PgPool, type PostgresStore, postgresStore } from '../../src/stores/postgres.js'
import { endRow, newEnding, newOp, put, read } from '../../src/testing/store-kit/fixture.js'
import { site } from '../support/site.js'
import { clients, newPool, newTable, withSetting } from './postgres-clients.js'
import { postgresKit } from './postgres-kit.js'

// The replica is one that a commit can wait for.
const server = await service('postgres-replica', { args: ['synchronous_standby_names=*'] })

describeOn(server, 'postgres with a replica for reads', ({ url, replica, stop }) => {
  const pools = [newPool(withSetting(url, 'synchronous_commit=local')), newPool(replica.url)] as const
  const [primary, secondary] = pools
  let store: PostgresStore
  const asked: string[] = []
  const counted: PgPool = {
    query(query) {
      asked.push(query.text)
      return secondary.query(query)
    },
  }

  beforeAll(async () => {
    testedWith(server, 'pg')
    testedWith(server, 'postgres')
    store = postgresStore(primary, { table: newTable(), replica: counted })
    await store.setup()
  })
  beforeEach(() => void asked.splice(0))
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()))
    await stop()
  })

  /** Waits until the replica has all that the primary has. */
  async function caughtUp(): Promise<void> {
    const { lsn } = (await primary.query('SELECT pg_current_wal_insert_lsn()::text AS lsn')).rows[0]
    for (;;) {
      const { rows } = await secondary.query('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done', [lsn])
      if (rows[0].done === true) return
    }
  }

  /** Has the replica lag for as long as the work takes. */
  async function lagging(work: () => Promise<void>): Promise<void> {
    await caughtUp()
    await secondary.query('SELECT pg_wal_replay_pause()')
    try {
      for (;;) {
        const { rows } = await secondary.query('SELECT pg_get_wal_replay_pause_state() AS state')
        if (rows[0].state === 'paused') break
      }
      await work()
    } finally {
      await secondary.query('SELECT pg_wal_replay_resume()')
    }
    await caughtUp()
  }

  // With synchronous_commit = remote_apply a commit waits until the replica shows it, so that no answer is stale.
  for (const [library, connect] of Object.entries(clients)) {
    const replicas = [connect(replica.url), connect(replica.url)]
    afterAll(() => Promise.all(replicas.map((one) => one.close())))
    const [first] = replicas
    if (first === undefined) continue
    const waiting = withSetting(url, 'synchronous_commit=remote_apply')
    postgresKit(library, url, () => connect(waiting), { replica: first.client }, 1)
  }

  test('it says that it may be stale, and does not without a replica', () => {
    expect([store.mayBeStale, postgresStore(primary).mayBeStale]).toEqual([true, false])
  })

  test('only get without fresh goes to the replica', async () => {
    const now = Date.now()
    const row = await put(store, now, { user: 'ada' })
    await read(store, row.handle, now)
    await store.patch(row.handle, { seenAt: now, op: newOp() }, now)
    await store.find({ user: 'ada' }, now, null, 10)
    await endRow(store, row.handle, newEnding(now), now)
    await store.sweep(now, 10)
    await store.setup()
    expect(asked).toEqual([])
    await store.get(row.handle, now)
    expect(asked).toEqual([expect.stringContaining('SELECT')])
  })

  test('while the replica lags a session that was ended is read, and cannot be written', async () => {
    const now = Date.now()
    const row = await put(store, now)
    await lagging(async () => {
      await endRow(store, row.handle, newEnding(now), now)
      expect((await store.get(row.handle, now))?.ended).toBeNull()
      expect((await store.get(row.handle, now, true))?.ended?.reason).toBe('signed-out')
      expect(await store.patch(row.handle, { set: new Map([['a', '1']]), op: newOp() }, now)).toBeNull()
    })
    expect((await store.get(row.handle, now))?.ended?.reason).toBe('signed-out')
  })

  test('while the replica lags nobody is turned away, and two requests lose nothing of each other', async () => {
    const { browser } = site({ store })
    const ada = browser()
    await lagging(async () => {
      await ada.ask((session) => session.signIn('ada'), { method: 'POST' })
      // The replica knows nothing of the sign-in, nor of what follows.
      expect(await ada.ask((session) => session.user)).toBe('ada')
      const add = (item: string) => ada.ask((session) => void (session.data.cart ??= []).push(item), { method: 'POST' })
      await add('pear')
      await add('plum')
      expect(await ada.ask((session) => session.data.cart)).toEqual(['pear', 'plum'])
    })
    await lagging(async () => {
      await ada.ask((session) => void session.data.cart?.push('fig'), { method: 'POST' })
      expect(await ada.ask((session) => session.data.cart), 'as it was').toEqual(['pear', 'plum'])
      await ada.ask((session) => void session.data.cart?.push('lime'), { method: 'POST' })
    })
    expect(await ada.ask((session) => session.data.cart)).toEqual(['pear', 'plum', 'fig', 'lime'])
  })

  test('a replica that does not answer is passed over, and one without the table too', async () => {
    const now = Date.now()
    const row = await put(store, now)
    await caughtUp()
    await replica.kill()
    expect(await store.get(row.handle, now)).toEqual(row)
    expect(asked).toHaveLength(1)
    const elsewhere = newPool(withSetting(url, 'search_path=nowhere'))
    const { table } = (await primary.query(`SELECT tablename AS table FROM pg_tables WHERE tablename LIKE 't_%'`))
      .rows[0]
    const other = postgresStore(primary, { table, replica: elsewhere })
    expect(await other.get(row.handle, now)).toEqual(row)
    await elsewhere.end()
  })
})
