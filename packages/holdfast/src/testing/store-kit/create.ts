import { strict as assert } from 'node:assert'
import {
  assertRow,
  type Declare,
  endRow,
  HOUR,
  MINUTE,
  newEnding,
  newHandle,
  newOp,
  newRow,
  put,
  read,
} from './fixture.js'

/** `create`, `get` and `close`: I1, I3. */
export function testCreate(test: Declare): void {
  test('create inserts a row that get answers whole', async ({ store, other, now }) => {
    const visitor = await put(store, now, { fields: new Map(), ops: [newOp()] })
    const user = await put(store, now, {
      user: 'ada',
      link: 'https://id.example/#sid',
      fields: new Map([
        ['cart', '["pear","plum"]'],
        ['likes', '3'],
      ]),
      version: 1,
      seenAt: now - 5,
      expiresAt: now + HOUR + 1,
    })
    const record = await put(store, now, { kind: 'record' })
    for (const row of [visitor, user, record]) {
      assertRow(await store.get(row.handle, now), row)
      assertRow(await store.get(row.handle, now, true), row)
      assertRow(await other.get(row.handle, now, true), row)
    }
  })

  test('get answers null where there is no row', async ({ store, now }) => {
    await put(store, now)
    assert.equal(await store.get(newHandle(), now), null)
    assert.equal(await store.get(newHandle(), now, true), null)
  })

  test('I1: patch and end of a row that is not there insert nothing', async ({ store, now }) => {
    const handle = newHandle()
    const set = new Map([['cart', '[]']])
    assert.equal(await store.patch(handle, { set, op: newOp() }, now), null)
    assert.equal(await store.patch(handle, { seenAt: now, expiresAt: now + HOUR }, now), null)
    assert.equal(await store.end(handle, newEnding(now), now), null)
    assert.equal(await store.end(handle, newEnding(now, { ifKeys: '1first' }), now), null)
    assert.equal(await store.get(handle, now, true), null)
    assert.equal(await store.create(newRow(now, { handle }), now), true, 'the handle is still free')
  })

  test('a create that is sent again answers true and changes nothing', async ({ store, other, now }) => {
    const row = await put(store, now)
    await store.patch(row.handle, { set: new Map([['likes', '1']]), seenAt: now + 1, op: newOp() }, now)
    const before = await read(store, row.handle, now)
    assert.equal(await store.create(row, now), true)
    assert.equal(await other.create({ ...row, fields: new Map([['cart', '[]']]), seenAt: now + 9 }, now), true)
    assertRow(await read(store, row.handle, now), before)
  })

  test('I3: create with other keys on a live row answers false and changes nothing', async ({ store, now }) => {
    const row = await put(store, now, { user: 'ada' })
    const second = newRow(now, { handle: row.handle, user: 'bob', keys: '1second', expiresAt: now + 2 * HOUR })
    assert.equal(await store.create(second, now), false)
    assertRow(await read(store, row.handle, now), row)
  })

  test('I3: create with the first keys answers false once the keys have changed', async ({ store, now }) => {
    const row = await put(store, now)
    await store.patch(row.handle, { keys: '1second', ifKeys: row.keys, op: newOp() }, now)
    assert.equal(await store.create(row, now), false)
    assert.equal((await read(store, row.handle, now)).keys, '1second')
  })

  for (const reason of ['superseded', 'signed-out'] as const) {
    test(`I3: create on a tombstone (${reason}) answers false, also past expiresAt (LC-06)`, async ({ store, now }) => {
      const row = await put(store, now)
      const ended = await endRow(store, row.handle, newEnding(now, { reason, until: now + 2 * HOUR }), now)
      assert.equal(await store.create(row, now), false, 'not even with the same keys')
      assert.equal(await store.create({ ...row, keys: '1second' }, now), false)
      const later = row.expiresAt + MINUTE
      const second = newRow(later, { handle: row.handle })
      assert.equal(await store.create(second, later), false, 'until counts, not expiresAt')
      assertRow(await read(store, row.handle, now), ended)
    })
  }

  test('create replaces a row from its expiresAt on, and nothing of it is left', async ({ store, now }) => {
    const row = await put(store, now, { user: 'ada', link: 'sid-1', ops: [newOp()] })
    const second = newRow(row.expiresAt, {
      handle: row.handle,
      user: 'bob',
      fields: new Map([['likes', '7']]),
      keys: '1b',
    })
    assert.equal(await store.create({ ...second, expiresAt: now + 2 * HOUR }, row.expiresAt - 1), false, 'still live')
    assert.equal(await store.create(second, row.expiresAt), true)
    assertRow(await read(store, row.handle, row.expiresAt), second)
    const found = await store.find({ user: 'ada' }, row.expiresAt, null, 10)
    assert.deepStrictEqual(found.rows, [], 'the former user finds nothing')
  })

  test('create replaces an expired row that has the same keys', async ({ store, now }) => {
    const row = await put(store, now)
    const later = row.expiresAt + MINUTE
    const second = newRow(later, { handle: row.handle, fields: new Map() })
    assert.equal(await store.create(second, later), true)
    assertRow(await read(store, row.handle, later), second)
  })

  test('create replaces a tombstone that is past its until', async ({ store, now }) => {
    const row = await put(store, now)
    const { ended } = await endRow(store, row.handle, newEnding(now, { successor: newHandle() }), now)
    const later = (ended?.until ?? now) + MINUTE
    const second = newRow(later, { handle: row.handle })
    assert.equal(await store.create(second, later), true)
    assertRow(await read(store, row.handle, later), second)
  })

  test('a row that was handed over or out is a value: neither side sees the other change it', async ({
    store,
    now,
  }) => {
    const fields = new Map([['cart', '[]']])
    const row = await put(store, now, { fields })
    fields.set('cart', '["stolen"]')
    const before = await read(store, row.handle, now)
    assert.equal(before.fields.get('cart'), '[]')
    const set = new Map([['cart', '["pear"]']])
    await store.patch(row.handle, { set, op: newOp() }, now)
    set.set('cart', '["stolen"]')
    await endRow(store, row.handle, newEnding(now, { reason: 'superseded' }), now)
    assert.deepStrictEqual([before.fields.get('cart'), before.version, before.ended], ['[]', 1, null])
    assert.equal((await read(store, row.handle, now)).fields.get('cart'), '["pear"]')
  })

  test('close can be called twice', async ({ store, other, now }) => {
    await put(store, now)
    for (const client of new Set([other, store])) {
      await client.close()
      await client.close()
    }
  })

  test('a store that was never used can be closed', async ({ store }) => {
    await store.close()
  })

  test('the name is there for notices and errors', async ({ store }) => {
    assert.match(store.name, /\S/)
  })
}
