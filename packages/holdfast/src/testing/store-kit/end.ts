import { strict as assert } from 'node:assert'
import type { EndReason } from '../../engine/row.js'
import { assertRow, type Declare, endRow, HOUR, MINUTE, newEnding, newHandle, newOp, put, read } from './fixture.js'

const FINAL: readonly EndReason[] = ['signed-out', 'revoked', 'expired', 'reused', 'stalled', 'limit']

/** `end`: I7, and what may still change on a tombstone. */
export function testEnd(test: Declare): void {
  for (const reason of FINAL) {
    test(`end (${reason}) answers the row as it is then: ended, by this act, without fields`, async ({
      store,
      other,
      now,
    }) => {
      const row = await put(store, now, { user: 'ada', link: 'sid-1' })
      await store.patch(row.handle, { set: new Map([['a', '1']]), op: newOp() }, now)
      const before = await read(store, row.handle, now)
      const ending = newEnding(now, { reason })
      const after = await endRow(store, row.handle, ending, now)
      const ended = { reason, successor: null, until: ending.until, by: ending.op }
      assertRow(after, { ...before, fields: new Map(), ended })
      assertRow(await read(other, row.handle, now), after)
    })
  }

  test('end (superseded) keeps the fields and names the successor', async ({ store, other, now }) => {
    const row = await put(store, now)
    const ending = newEnding(now, { reason: 'superseded', successor: newHandle() })
    const after = await endRow(store, row.handle, ending, now)
    const { reason, successor = null, until, op: by } = ending
    assertRow(after, { ...row, ended: { reason, successor, until, by } })
    assertRow(await read(other, row.handle, now), after)
  })

  test('a final ending may name a successor too', async ({ store, now }) => {
    const { handle } = await put(store, now)
    const successor = newHandle()
    const { ended } = await endRow(store, handle, newEnding(now, { reason: 'limit', successor }), now)
    assert.equal(ended?.successor, successor)
  })

  test('an end that is sent again finds itself: by is its op', async ({ store, other, now }) => {
    for (const reason of ['superseded', 'signed-out'] as const) {
      const { handle } = await put(store, now)
      const ending = newEnding(now, { reason, successor: newHandle() })
      const after = await endRow(store, handle, ending, now)
      assertRow(await endRow(other, handle, ending, now), after)
      assert.equal(after.ended?.by, ending.op)
    }
  })

  test('I7: a second end finds who was first, and changes neither reason nor successor', async ({
    store,
    other,
    now,
  }) => {
    for (const reason of ['superseded', 'signed-out'] as const) {
      const { handle } = await put(store, now)
      const first = newEnding(now, { reason: 'signed-out', successor: newHandle() })
      const after = await endRow(store, handle, first, now)
      const second = newEnding(now, { reason, successor: newHandle(), until: first.until })
      assertRow(await endRow(other, handle, second, now), after)
    }
  })

  for (const reason of FINAL) {
    test(`a final reason (${reason}) replaces superseded: by and successor stay, the fields go`, async ({
      store,
      now,
    }) => {
      const row = await put(store, now)
      const first = newEnding(now, { reason: 'superseded', successor: newHandle() })
      await endRow(store, row.handle, first, now)
      const second = newEnding(now, { reason, successor: newHandle(), until: first.until + MINUTE })
      const after = await endRow(store, row.handle, second, now)
      const { successor = null, op: by } = first
      assertRow(after, { ...row, fields: new Map(), ended: { reason, successor, until: second.until, by } })
      assertRow(await read(store, row.handle, now), after)
    })

    test(`no reason replaces a final one (${reason})`, async ({ store, now }) => {
      const { handle } = await put(store, now)
      const first = newEnding(now, { reason })
      const after = await endRow(store, handle, first, now)
      for (const other of ['superseded', ...FINAL] as const) {
        assertRow(await endRow(store, handle, newEnding(now, { reason: other, successor: newHandle() }), now), after)
      }
    })
  }

  test('superseded twice: the first successor stays, and the fields too', async ({ store, now }) => {
    const row = await put(store, now)
    const first = newEnding(now, { reason: 'superseded', successor: newHandle() })
    await endRow(store, row.handle, first, now)
    const after = await endRow(store, row.handle, newEnding(now, { reason: 'superseded', successor: newHandle() }), now)
    assert.deepStrictEqual([after.ended?.successor, after.ended?.by], [first.successor, first.op])
    assert.deepStrictEqual(after.fields, row.fields)
  })

  test('superseded without a successor never gets one', async ({ store, now }) => {
    const { handle } = await put(store, now)
    await endRow(store, handle, newEnding(now, { reason: 'superseded' }), now)
    for (const reason of ['superseded', 'signed-out'] as const) {
      const { ended } = await endRow(store, handle, newEnding(now, { reason, successor: newHandle() }), now)
      assert.equal(ended?.successor, null)
    }
  })

  test('until goes forward only', async ({ store, now }) => {
    const { handle } = await put(store, now)
    for (const [until, stands] of [
      [now + 2 * MINUTE, now + 2 * MINUTE],
      [now + MINUTE, now + 2 * MINUTE],
      [now + 3 * MINUTE, now + 3 * MINUTE],
    ] as const) {
      assert.equal((await endRow(store, handle, newEnding(now, { until }), now)).ended?.until, stands)
    }
  })

  test('a guarded end: only with the keys that the row has', async ({ store, other, now }) => {
    const row = await put(store, now)
    assert.equal(await store.end(row.handle, newEnding(now, { ifKeys: '1second' }), now), 'guarded')
    assert.equal(await store.end(row.handle, newEnding(now, { ifKeys: '1First' }), now), 'guarded')
    assert.equal(await other.end(row.handle, newEnding(now, { ifKeys: '' }), now), 'guarded')
    assertRow(await read(store, row.handle, now), row)
    const ending = newEnding(now, { ifKeys: row.keys })
    assert.equal((await endRow(store, row.handle, ending, now)).ended?.by, ending.op)
  })

  test('the guard is judged only while the row is live', async ({ store, now }) => {
    const { handle } = await put(store, now)
    await endRow(store, handle, newEnding(now, { reason: 'superseded' }), now)
    const { ended } = await endRow(store, handle, newEnding(now, { reason: 'reused', ifKeys: '1second' }), now)
    assert.equal(ended?.reason, 'reused')
  })

  test('end of a row from its expiresAt on answers null and leaves it unended', async ({ store, now }) => {
    const row = await put(store, now)
    for (const at of [row.expiresAt, row.expiresAt + MINUTE]) {
      assert.equal(await store.end(row.handle, newEnding(at), at), null)
      assert.equal(await store.end(row.handle, newEnding(at, { ifKeys: row.keys }), at), null)
      assert.equal(await store.end(row.handle, newEnding(at, { ifKeys: '1second' }), at), null, 'not guarded: dead')
    }
    const left = await store.get(row.handle, row.expiresAt, true)
    if (left !== null) assertRow(left, row)
  })

  test('end of a tombstone goes on past the expiresAt of the row', async ({ store, now }) => {
    const row = await put(store, now)
    const until = now + 3 * HOUR
    await endRow(store, row.handle, newEnding(now, { reason: 'superseded', successor: newHandle(), until }), now)
    const later = row.expiresAt + MINUTE
    const { ended } = await endRow(store, row.handle, newEnding(later, { reason: 'revoked' }), later)
    assert.deepStrictEqual([ended?.reason, ended?.until], ['revoked', until])
  })

  test('records are ended as sessions are', async ({ store, now }) => {
    const row = await put(store, now, { kind: 'record' })
    const ending = newEnding(now, { reason: 'revoked' })
    const after = await endRow(store, row.handle, ending, now)
    const ended = { reason: 'revoked', successor: null, until: ending.until, by: ending.op } as const
    assertRow(after, { ...row, fields: new Map(), ended })
    assert.equal(await store.patch(row.handle, { set: new Map([['a', '1']]), op: newOp() }, now), null)
  })
}
