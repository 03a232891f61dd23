import { strict as assert } from 'node:assert'
import type { Ending } from '../../engine/row.js'
import {
  assertRow,
  type Clients,
  type Declare,
  newEnding,
  newHandle,
  newOp,
  newRow,
  numbers,
  put,
  read,
  together,
} from './fixture.js'

/** I8: acts on one row have an order, whoever sends them. Each race is run several times. */
export function testRaces(test: Declare, runs: number): void {
  const race = (title: string, body: (clients: Clients, run: number) => Promise<void>) => {
    test(`${title}, ${runs} of ${runs} times`, async (clients) => {
      for (let run = 0; run < runs; run += 1) await body(clients, run)
    })
  }

  race('LC-07 PL-12: 200 patches of different fields at once: all 200 stay', async (clients, run) => {
    const { store, now } = clients
    const row = await put(store, now, { fields: new Map() })
    const versions = await together(clients, numbers(200), (client, i) =>
      client.patch(row.handle, { set: new Map([[`field-${i}`, `"${run}-${i}"`]]), seenAt: now + i, op: newOp() }, now),
    )
    const after = await read(store, row.handle, now)
    const fields = new Map(numbers(200).map((i) => [`field-${i}`, `"${run}-${i}"`]))
    assert.deepStrictEqual(new Map(after.fields), fields)
    assert.deepStrictEqual([after.version, after.seenAt], [201, now + 199])
    assert.deepStrictEqual(new Set(versions), new Set(numbers(200).map((i) => i + 2)), 'each its own version')
  })

  race('LC-07 PL-12: 50 increments at once, each by ifFields until it is applied: 50', async (clients) => {
    const { store, now } = clients
    const { handle } = await put(store, now, { fields: new Map() })
    await together(clients, numbers(50), async (client) => {
      for (let tries = 0; tries < 1_000; tries += 1) {
        const from = (await read(client, handle, now)).fields.get('n') ?? null
        const patch = { set: new Map([['n', String(Number(from) + 1)]]), ifFields: new Map([['n', from]]), op: newOp() }
        if ((await client.patch(handle, patch, now)) !== null) return
      }
      assert.fail('one increment was refused 1,000 times')
    })
    const after = await read(store, handle, now)
    assert.deepStrictEqual([after.fields.get('n'), after.version], ['50', 51])
  })

  race('I6 PL-12: 20 compare-and-sets of the keys at once: one winner', async (clients) => {
    const { store, now } = clients
    const row = await put(store, now)
    const versions = await together(clients, numbers(20), (client, i) =>
      client.patch(
        row.handle,
        { keys: `1-${i}`, ifKeys: row.keys, set: new Map([[`by-${i}`, '1']]), op: newOp() },
        now,
      ),
    )
    const winner = versions.findIndex((version) => version !== null)
    const fields = new Map([...row.fields, [`by-${winner}`, '1']])
    const after = await read(store, row.handle, now)
    assert.equal(versions.filter((version) => version !== null).length, 1)
    assertRow(after, { ...row, keys: `1-${winner}`, version: 2, fields, ops: after.ops })
  })

  race('one patch sent 20 times at once is applied once', async (clients) => {
    const { store, now } = clients
    const { handle } = await put(store, now)
    const patch = { set: new Map([['n', '1']]), op: newOp() }
    const versions = await together(clients, numbers(20), (client) => client.patch(handle, patch, now))
    assert.deepStrictEqual(
      versions.filter((version) => version !== null),
      [2],
    )
    assert.equal((await read(store, handle, now)).version, 2)
  })

  race('I5: 20 touches at once: the latest stands', async (clients) => {
    const { store, now } = clients
    const row = await put(store, now)
    await together(clients, numbers(20), (client, i) => {
      const ahead = (i * 7) % 20
      return client.patch(row.handle, { seenAt: now + ahead, expiresAt: row.expiresAt + 19 - ahead }, now)
    })
    assertRow(await read(store, row.handle, now), {
      ...row,
      seenAt: now + 19,
      expiresAt: row.expiresAt + 19,
      version: 21,
    })
  })

  race('I3 PL-12: 50 creates of one handle at once: one winner', async (clients) => {
    const { store, now } = clients
    const handle = newHandle()
    const rows = numbers(50).map((i) => newRow(now, { handle, user: `user-${i}`, keys: `1-${i}` }))
    const created = await together(clients, rows, (client, row) => client.create(row, now))
    const [winner, ...others] = rows.filter((_, i) => created[i] === true)
    assert.ok(winner !== undefined && others.length === 0, `${created.filter(Boolean).length} winners`)
    assertRow(await read(store, handle, now), winner)
  })

  race('one create sent 20 times at once: true each time, and one row', async (clients) => {
    const { store, now } = clients
    const user = newHandle()
    const row = newRow(now, { user })
    const created = await together(clients, numbers(20), (client) => client.create(row, now))
    assert.ok(created.every(Boolean))
    assertRow(await read(store, row.handle, now), row)
    assert.equal((await store.find({ user }, now, null, 10)).rows.length, 1)
  })

  for (const reason of ['superseded', 'signed-out'] as const) {
    race(
      `LC-06: an end (${reason}) among 100 patches is final, and what was acknowledged is in it`,
      async (clients, run) => {
        const { store, other, now } = clients
        const row = await put(store, now, { fields: new Map() })
        const ending = newEnding(now, { reason })
        const endsAfter = (run * 37) % 100
        let ended: Awaited<ReturnType<typeof store.end>> = null
        const versions = await together(clients, numbers(100), async (client, i) => {
          const patch = client.patch(row.handle, { set: new Map([[`field-${i}`, '1']]), op: newOp() }, now)
          if (i === endsAfter) ended = await other.end(row.handle, ending, now)
          return await patch
        })
        const after = await read(store, row.handle, now)
        assertRow(ended, after)
        const acknowledged = versions.flatMap((version, i) => (version === null ? [] : [[`field-${i}`, '1'] as const]))
        assert.deepStrictEqual(new Map(after.fields), new Map(reason === 'superseded' ? acknowledged : []))
        assert.deepStrictEqual([after.version, after.ended?.by], [1 + acknowledged.length, ending.op])
      },
    )
  }

  race('I7 LC-06: 30 ends at once: one is first and keeps its successor, a final reason wins', async (clients, run) => {
    const { store, now } = clients
    const { handle } = await put(store, now)
    const endings = numbers(30).map((i): Ending => {
      const last = now + 1_000_000 + i
      if (i === (run * 7) % 30) return newEnding(now, { reason: 'signed-out', until: last })
      return newEnding(now, { reason: 'superseded', successor: newHandle(), until: last })
    })
    const answers = await together(clients, endings, (client, ending) => client.end(handle, ending, now))
    const after = await read(store, handle, now)
    const first = endings.find((ending) => ending.op === after.ended?.by)
    assert.ok(first !== undefined, 'one of them is the first')
    const ended = { reason: 'signed-out', successor: first.successor ?? null, until: now + 1_000_029, by: first.op }
    assert.deepStrictEqual({ ...after.ended }, ended)
    assert.equal(after.fields.size, 0)
    for (const answer of answers) {
      assert.ok(answer !== null && answer !== 'guarded')
      assert.deepStrictEqual(
        [answer.ended?.by, answer.ended?.successor],
        [ended.by, ended.successor],
        'all say who was first',
      )
    }
  })

  race('I7 LC-06: 30 superseding ends at once: one successor, and the fields stay', async (clients) => {
    const { store, now } = clients
    const row = await put(store, now)
    const endings = numbers(30).map(() => newEnding(now, { reason: 'superseded', successor: newHandle() }))
    const answers = await together(clients, endings, (client, ending) => client.end(row.handle, ending, now))
    const after = await read(store, row.handle, now)
    const first = endings.find((ending) => ending.op === after.ended?.by)
    assert.equal(after.ended?.successor, first?.successor)
    for (const answer of answers) assertRow(answer === 'guarded' ? null : answer, after)
    assert.deepStrictEqual(new Map(after.fields), row.fields)
  })

  race('LC-12: a session that is replaced again and again while it is looked for: a page shows it', async (clients) => {
    const { store, other, now } = clients
    const user = newHandle()
    let { handle } = await put(store, now, { user })
    let over = false
    const replace = async (): Promise<void> => {
      for (let step = 0; step < 20; step += 1) {
        const next = await put(store, now, { user })
        await store.end(handle, newEnding(now, { reason: 'superseded', successor: next.handle }), now)
        handle = next.handle
      }
    }
    const look = async (): Promise<void> => {
      while (!over) {
        assert.notEqual((await other.find({ user }, now, null, 100)).rows.length, 0)
        // A store that answers at once must not keep the other from its turn.
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const replaced = replace().finally(() => {
      over = true
    })
    await Promise.all([replaced, look(), look()])
  })

  race('a guarded end and a change of the keys at once: never both', async (clients, run) => {
    const { store, now } = clients
    const row = await put(store, now)
    const ending = newEnding(now, { ifKeys: row.keys })
    const acts = await together(clients, numbers(2), async (client, i) =>
      i === run % 2
        ? await client.end(row.handle, ending, now)
        : await client.patch(row.handle, { keys: '1second', ifKeys: row.keys, op: newOp() }, now),
    )
    const after = await read(store, row.handle, now)
    if (acts.includes('guarded')) assertRow(after, { ...row, keys: '1second', version: 2, ops: after.ops })
    else assert.deepStrictEqual([after.keys, after.ended?.by, acts.includes(null)], [row.keys, ending.op, true])
  })
}
