import { strict as assert } from 'node:assert'
import { type Patch, REMEMBERED_OPS, type Row, type Store } from '../../engine/row.js'
import { assertRow, type Declare, endRow, HOUR, MINUTE, newEnding, newOp, newRow, put, read } from './fixture.js'

/** `patch`: I2, I4, I5, I6, each guard, and the `op`s that a row remembers. */
export function testPatch(test: Declare): void {
  test('patch sets and removes the fields it names and leaves the others (LC-07)', async ({ store, other, now }) => {
    const row = await put(store, now, { fields: new Map(Object.entries({ a: '1', b: '2', c: '3' })) })
    const op = newOp()
    const patch = { set: new Map(Object.entries({ b: '"two"', d: '4' })), unset: ['c', 'absent'], op }
    assert.equal(await store.patch(row.handle, patch, now), 2)
    const fields = new Map(Object.entries({ a: '1', b: '"two"', d: '4' }))
    assertRow(await read(other, row.handle, now), { ...row, fields, version: 2, ops: [op] })
  })

  test('a field that was removed can be set again', async ({ store, now }) => {
    const { handle } = await put(store, now)
    assert.equal(await store.patch(handle, { unset: ['cart'], op: newOp() }, now), 2)
    assert.equal((await read(store, handle, now)).fields.has('cart'), false)
    assert.equal(await store.patch(handle, { set: new Map([['cart', '[]']]), op: newOp() }, now), 3)
    assert.equal((await read(store, handle, now)).fields.get('cart'), '[]')
  })

  test('the version starts at 1 and grows by one with every patch that is applied', async ({ store, other, now }) => {
    const { handle } = await put(store, now)
    assert.equal(await store.patch(handle, { set: new Map([['a', '1']]), op: newOp() }, now), 2)
    assert.equal(await other.patch(handle, { set: new Map([['a', '1']]), op: newOp() }, now), 3, 'the same text again')
    assert.equal(await store.patch(handle, { unset: ['absent'], op: newOp() }, now), 4)
    assert.equal(await store.patch(handle, { seenAt: now + 1 }, now), 5)
    assert.equal(await store.patch(handle, { seenAt: now - 1, expiresAt: now }, now), 6, 'a touch that is not newer')
    assert.equal(await store.patch(handle, { set: new Map([['a', '2']]), ifKeys: '1other', op: newOp() }, now), null)
    assert.equal(await store.patch(handle, {}, now), 7, 'nothing but being there')
    assert.equal((await read(store, handle, now)).version, 7)
  })

  test('I5: touches go forward only, each by itself', async ({ store, other, now }) => {
    const row = await put(store, now)
    await store.patch(row.handle, { seenAt: now + 10, expiresAt: row.expiresAt + 10 }, now)
    await other.patch(row.handle, { seenAt: now + 5, expiresAt: row.expiresAt + 20 }, now)
    await store.patch(row.handle, { seenAt: now + 15, expiresAt: row.expiresAt + 5 }, now)
    await store.patch(row.handle, { seenAt: now + 7 }, now)
    await store.patch(row.handle, { expiresAt: now }, now)
    const after = await read(store, row.handle, now)
    assertRow(after, { ...row, seenAt: now + 15, expiresAt: row.expiresAt + 20, version: 6 })
  })

  test('a touch makes the row live longer', async ({ store, now }) => {
    const row = await put(store, now, { user: 'ada' })
    await store.patch(row.handle, { expiresAt: row.expiresAt + HOUR }, row.expiresAt - 1)
    const later = row.expiresAt + MINUTE
    assert.equal(await store.patch(row.handle, { set: new Map([['a', '1']]), op: newOp() }, later), 3)
    assert.equal((await store.find({ user: 'ada' }, later, null, 10)).rows.length, 1)
  })

  for (const reason of ['superseded', 'revoked'] as const) {
    test(`I2: a patch on an ended row (${reason}) is refused and changes nothing (LC-06)`, async ({
      store,
      other,
      now,
    }) => {
      const row = await put(store, now)
      const ended = await endRow(store, row.handle, newEnding(now, { reason }), now)
      for (const patch of somePatches(row)) {
        assert.equal(await other.patch(row.handle, patch, now), null)
        assertRow(await read(store, row.handle, now), ended)
      }
    })
  }

  test('I2: a patch is refused from expiresAt on, and does not bring the row back (TM-05)', async ({ store, now }) => {
    const row = await put(store, now, { user: 'ada' })
    for (const patch of somePatches(row)) {
      assert.equal(await store.patch(row.handle, patch, row.expiresAt), null)
      assert.equal(await store.patch(row.handle, patch, row.expiresAt + MINUTE), null)
    }
    assert.deepStrictEqual((await store.find({ user: 'ada' }, row.expiresAt, null, 10)).rows, [])
    assert.equal(await store.create(newRow(row.expiresAt, { handle: row.handle, keys: '1b' }), row.expiresAt), true)
  })

  test('I4: no act changes kind, user, link or facts', async ({ store, now }) => {
    for (const kind of ['session', 'record'] as const) {
      const row = await put(store, now, { kind, user: 'ada', link: 'sid-1', facts: '1{"level":2}' })
      for (const patch of somePatches(row)) await store.patch(row.handle, patch, now)
      await endRow(store, row.handle, newEnding(now), now)
      const after = await read(store, row.handle, now)
      const { user, link, facts } = row
      assert.deepStrictEqual({ ...after }, { ...after, kind, user, link, facts })
    }
  })

  test('I6: keys change only by compare-and-set', async ({ store, other, now }) => {
    const { handle } = await put(store, now)
    const keysNow = async () => (await read(store, handle, now)).keys
    assert.equal(await store.patch(handle, { keys: '1b', ifKeys: '1FIRST', op: newOp() }, now), null)
    assert.equal(await store.patch(handle, { keys: '1b', ifKeys: '', op: newOp() }, now), null)
    assert.equal(await store.patch(handle, { keys: '1b', ifKeys: '1first ', op: newOp() }, now), null)
    assert.equal(await keysNow(), '1first')
    assert.equal(await store.patch(handle, { keys: '1b', ifKeys: '1first', op: newOp() }, now), 2)
    assert.equal(await keysNow(), '1b')
    assert.equal(await other.patch(handle, { keys: '1c', ifKeys: '1first', op: newOp() }, now), null)
    // Without the guard it is a mistake of the caller. Refusing it and throwing are both right; changing the keys is not.
    await Promise.resolve()
      .then(() => store.patch(handle, { keys: '1c', op: newOp() }, now))
      .catch(() => null)
    assert.equal(await keysNow(), '1b')
  })

  test('ifKeys guards all of a patch, also where keys stay', async ({ store, now }) => {
    const row = await put(store, now)
    const set = new Map([['a', '1']])
    const refused = { set, unset: ['cart'], seenAt: now + 1, expiresAt: now + 2 * HOUR, ifKeys: '1second', op: newOp() }
    assert.equal(await store.patch(row.handle, refused, now), null)
    assertRow(await read(store, row.handle, now), row)
    assert.equal(await store.patch(row.handle, { ...refused, ifKeys: row.keys }, now), 2)
    assert.equal((await read(store, row.handle, now)).fields.get('a'), '1')
  })

  test('ifFields: each field must have its text, and null means absent', async ({ store, now }) => {
    const row = await put(store, now, { fields: new Map(Object.entries({ a: '1', b: '"x"', n: 'null', e: '' })) })
    const refused: Record<string, string | null>[] = [
      { a: '2' },
      { a: null },
      { a: '1 ' },
      { a: '"1"' },
      { b: '"X"' },
      { b: 'x' },
      { c: '1' },
      { c: '' },
      { c: 'null' },
      { n: null },
      { e: null },
      { a: '1', b: '"y"' },
      { a: '1', c: '1' },
      { c: null, a: '2' },
    ]
    for (const guard of refused) {
      const patch = { set: new Map([['a', '9']]), unset: ['b'], ifFields: new Map(Object.entries(guard)), op: newOp() }
      assert.equal(await store.patch(row.handle, patch, now), null, `refused: ${JSON.stringify(guard)}`)
    }
    assertRow(await read(store, row.handle, now), row)
    const holds = { a: '1', b: '"x"', n: 'null', e: '', c: null }
    for (const guard of [{}, { a: '1' }, { c: null }, { e: '' }, holds] as Record<string, string | null>[]) {
      const version = await store.patch(row.handle, { ifFields: new Map(Object.entries(guard)), op: newOp() }, now)
      assert.notEqual(version, null, `applied: ${JSON.stringify(guard)}`)
    }
  })

  test('ifFields is judged on what was there before the patch', async ({ store, now }) => {
    const { handle } = await put(store, now, { fields: new Map([['n', '1']]) })
    const step = (from: string | null, to: string): Patch => {
      return { set: new Map([['n', to]]), ifFields: new Map([['n', from]]), op: newOp() }
    }
    assert.equal(await store.patch(handle, step('2', '2'), now), null)
    assert.equal(await store.patch(handle, step('1', '2'), now), 2)
    assert.equal(await store.patch(handle, step('1', '3'), now), null)
    assert.equal(await store.patch(handle, { unset: ['n'], ifFields: new Map([['n', '2']]), op: newOp() }, now), 3)
    assert.equal(await store.patch(handle, step(null, '4'), now), 4)
    assert.equal((await read(store, handle, now)).fields.get('n'), '4')
  })

  testOps(test)
}

function testOps(test: Declare): void {
  test('a patch that comes twice is applied once', async ({ store, other, now }) => {
    const { handle } = await put(store, now)
    const patch = { set: new Map([['n', '1']]), seenAt: now + 1, op: newOp() }
    assert.equal(await store.patch(handle, patch, now), 2)
    await store.patch(handle, { set: new Map([['n', '2']]), op: newOp() }, now)
    const before = await read(store, handle, now)
    assert.equal(await other.patch(handle, patch, now), null)
    assertRow(await read(store, handle, now), before)
  })

  test('create hands over an op too', async ({ store, now }) => {
    const op = newOp()
    const { handle } = await put(store, now, { ops: [op] })
    assert.equal(await store.patch(handle, { set: new Map([['n', '1']]), op }, now), null)
    assert.equal(await writeField(store, handle, newOp(), now), 2)
  })

  test('a row remembers the eight newest ops, in their order', async ({ store, other, now }) => {
    const { handle } = await put(store, now)
    const ops = Array.from({ length: REMEMBERED_OPS }, newOp)
    for (const op of ops) assert.notEqual(await writeField(store, handle, op, now), null)
    assert.deepStrictEqual([...(await read(other, handle, now)).ops], ops)
    for (const op of ops) assert.equal(await writeField(other, handle, op, now), null, 'each of the eight is refused')
    const ninth = newOp()
    assert.notEqual(await writeField(store, handle, ninth, now), null)
    assert.deepStrictEqual([...(await read(store, handle, now)).ops], [...ops.slice(1), ninth])
    assert.equal(await writeField(store, handle, ops[1] ?? '', now), null, 'the second is still held')
    assert.notEqual(await writeField(store, handle, ops[0] ?? '', now), null, 'the first was forgotten')
  })

  test('touches without an op push none out, and are never taken for each other', async ({ store, now }) => {
    const { handle } = await put(store, now)
    const op = newOp()
    await writeField(store, handle, op, now)
    for (let i = 1; i <= 2 * REMEMBERED_OPS; i += 1) {
      assert.equal(await store.patch(handle, { seenAt: now + i }, now), 2 + i)
    }
    assert.deepStrictEqual([...(await read(store, handle, now)).ops], [op])
    assert.equal(await writeField(store, handle, op, now), null)
  })

  test('a refused patch is not remembered', async ({ store, now }) => {
    const row = await put(store, now)
    const op = newOp()
    assert.equal(await store.patch(row.handle, { set: new Map([['a', '1']]), ifKeys: '1second', op }, now), null)
    const ifFields = new Map([['cart', null]])
    assert.equal(await store.patch(row.handle, { set: new Map([['a', '1']]), ifFields, op }, now), null)
    assertRow(await read(store, row.handle, now), row)
    assert.equal(await writeField(store, row.handle, op, now), 2)
  })

  test('ops that differ only in case are different', async ({ store, now }) => {
    const { handle } = await put(store, now)
    assert.equal(await writeField(store, handle, 'aaaaaaaaaaaaaaaa', now), 2)
    assert.equal(await writeField(store, handle, 'aaaaaaaaaaaaaaaA', now), 3)
    assert.equal(await writeField(store, handle, 'aaaaaaaaaaaaaaa_', now), 4)
    assert.equal(await writeField(store, handle, 'aaaaaaaaaaaaaaa-', now), 5)
    assert.equal(await writeField(store, handle, 'aaaaaaaaaaaaaaaA', now), null)
  })
}

function writeField(store: Store, handle: string, op: string, now: number) {
  return store.patch(handle, { set: new Map([['field', '1']]), op }, now)
}

/** A patch of each sort. */
function somePatches({ keys, expiresAt, seenAt }: Row): readonly Patch[] {
  return [
    { set: new Map([['cart', '["back"]']]), op: newOp() },
    { unset: ['cart'], op: newOp() },
    { seenAt: seenAt + 1, expiresAt: expiresAt + HOUR },
    { keys: '1back', ifKeys: keys, op: newOp() },
    { set: new Map([['likes', '1']]), ifFields: new Map([['likes', null]]), op: newOp() },
    {},
  ]
}
