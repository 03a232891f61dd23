import { strict as assert } from 'node:assert'
import { assertRow, type Declare, endRow, newEnding, newHandle, newOp, numbers, put, read } from './fixture.js'

/** Text is opaque: `facts`, `keys`, the values of fields and their names come back exact, and are compared exactly. */
export function testText(test: Declare): void {
  test('values of fields come back exact, from create and from patch', async ({ store, other, now }) => {
    const values = new Map(TEXTS.map((text, index) => [`v${index}`, text]))
    const created = await put(store, now, { fields: values })
    assertRow(await read(other, created.handle, now), created)
    const patched = await put(store, now, { fields: new Map() })
    await store.patch(patched.handle, { set: values, op: newOp() }, now)
    assert.deepStrictEqual(new Map((await read(other, patched.handle, now)).fields), values)
    const ended = await endRow(store, patched.handle, newEnding(now, { reason: 'superseded' }), now)
    assert.deepStrictEqual(new Map(ended.fields), values)
  })

  test('facts and keys come back exact and keys are compared exactly', async ({ store, other, now }) => {
    for (const text of TEXTS) {
      const row = await put(store, now, { facts: text, keys: text, fields: new Map() })
      assertRow(await read(other, row.handle, now), row)
      for (const ifKeys of nearMisses(text)) {
        assert.equal(await store.patch(row.handle, { ifKeys, op: newOp() }, now), null, `not ${JSON.stringify(ifKeys)}`)
      }
      assert.equal(await store.patch(row.handle, { keys: `${text}!`, ifKeys: text, op: newOp() }, now), 2)
      assert.equal((await read(other, row.handle, now)).keys, `${text}!`)
    }
  })

  test('values of fields are compared exactly by ifFields', async ({ store, now }) => {
    const { handle } = await put(store, now, { fields: new Map(TEXTS.map((text, index) => [`v${index}`, text])) })
    for (const [index, text] of TEXTS.entries()) {
      const name = `v${index}`
      for (const wrong of [null, ...nearMisses(text)]) {
        const patch = { ifFields: new Map([[name, wrong]]), op: newOp() }
        assert.equal(
          await store.patch(handle, patch, now),
          null,
          `${JSON.stringify(text)} is not ${JSON.stringify(wrong)}`,
        )
      }
      assert.equal(await store.patch(handle, { ifFields: new Map([[name, text]]), op: newOp() }, now), 2 + index)
    }
  })

  test('any name of a field comes back exact, from create and from patch', async ({ store, other, now }) => {
    const fields = new Map(NAMES.map((name, index) => [name, String(index)]))
    assert.equal(fields.size, NAMES.length)
    const created = await put(store, now, { fields })
    assertRow(await read(other, created.handle, now), created)
    const patched = await put(store, now, { fields: new Map() })
    for (const [name, text] of fields)
      await store.patch(patched.handle, { set: new Map([[name, text]]), op: newOp() }, now)
    assert.deepStrictEqual(new Map((await read(other, patched.handle, now)).fields), fields)
  })

  test('any name of a field can be guarded, changed and removed, and touches no other', async ({ store, now }) => {
    const fields = new Map(NAMES.map((name, index) => [name, String(index)]))
    const { handle } = await put(store, now, { fields: new Map() })
    for (const [name, text] of fields) {
      const patch = { set: new Map([[name, text]]), ifFields: new Map([[name, null]]), op: newOp() }
      assert.notEqual(await store.patch(handle, patch, now), null, `${JSON.stringify(name)} is absent`)
      assert.equal(await store.patch(handle, { ...patch, op: newOp() }, now), null, `${JSON.stringify(name)} is there`)
    }
    for (const [name, text] of [...fields]) {
      const patch = { unset: [name], ifFields: new Map([[name, text]]), op: newOp() }
      assert.notEqual(await store.patch(handle, patch, now), null, `${JSON.stringify(name)} has its text`)
      fields.delete(name)
      assert.deepStrictEqual(new Map((await read(store, handle, now)).fields), fields)
    }
  })

  test('fields of 1 MB, and 512 fields in one row', async ({ store, other, now }) => {
    const big = JSON.stringify('ü"\\\u0000😀'.repeat(80_000))
    const many = new Map(numbers(511).map((index) => [`field-${index}`, `"${index}"`]))
    const { handle } = await put(store, now, { fields: new Map([...many, ['big', big]]) })
    assert.ok((await read(other, handle, now)).fields.get('big') === big, 'created')
    const bigger = `${big} `
    assert.equal(await store.patch(handle, { ifFields: new Map([['big', bigger]]), op: newOp() }, now), null)
    const patch = { set: new Map([['big', bigger]]), ifFields: new Map([['big', big]]), op: newOp() }
    assert.equal(await store.patch(handle, patch, now), 2)
    const after = new Map((await read(other, handle, now)).fields)
    assert.ok(after.get('big') === bigger, 'patched')
    after.delete('big')
    assert.deepStrictEqual(after, many)
  })

  test('the handles of rows and successors are compared exactly', async ({ store, now }) => {
    const lower = await put(store, now, { handle: 'aaaaaaaaaaaaaaaaaaaaaa' })
    const upper = await put(store, now, { handle: 'aaaaaaaaaaaaaaaaaaaaaA', fields: new Map() })
    const dash = await put(store, now, { handle: 'aaaaaaaaaaaaaaaaaaaaa-' })
    const line = await put(store, now, { handle: 'aaaaaaaaaaaaaaaaaaaaa_' })
    for (const row of [lower, upper, dash, line]) assertRow(await read(store, row.handle, now), row)
    const successor = newHandle()
    await endRow(store, upper.handle, newEnding(now, { successor }), now)
    assertRow(await read(store, lower.handle, now), lower)
    assert.equal((await read(store, upper.handle, now)).ended?.successor, successor)
  })
}

/** Texts that some database, protocol or query language would alter. None has U+0000 or a lone surrogate: no store gets one. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  '  two before, two after  ',
  'tab\tand\nlines\r\nand\rreturns\n',
  '0',
  '-0',
  '01',
  '1e400',
  '12345678901234567890',
  'true',
  'null',
  'undefined',
  'NaN',
  '[]',
  '{}',
  '{"a":{"b":[1,null,"x"]},"__proto__":{"c":1}}',
  '"text"',
  "it's; DROP TABLE rows --",
  '$1 ? :name @name %s {0} $(x)',
  '*?[a-z]%_\\%',
  '\\ \\\\ \\n \\u0041 \\x41',
  // What JSON makes of U+0000 and of lone surrogates. The letters must come back as letters.
  JSON.stringify('\u0000'),
  JSON.stringify('a\u0000b'),
  JSON.stringify('\ud800'),
  JSON.stringify('\udfff\ud800'),
  '\\u0000',
  '\u0001\u0002\u001f\u007f\u0085',
  '\u00a0\u2028\u2029\u200b\ufeff',
  '\ufeffwith a mark before it',
  '\ufffd\uffff\ufdd0',
  'é (one character)',
  'e\u0301 (two characters)',
  'ﬁ ß ẞ İ ı Å Å',
  '😀 👩‍👩‍👧 𐍈 \u{10ffff}',
  'שלום مرحبا',
  '<script>&amp;</script>',
]

/** Names that some database, protocol or language would alter, or take for something of its own. */
const NAMES: readonly string[] = [
  'a',
  'A',
  'a ',
  ' a',
  ' ',
  '0',
  '00',
  '1',
  '-1',
  'null',
  'undefined',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__proto',
  '__defineGetter__',
  'a.b',
  'a.',
  '.',
  '$',
  '$x',
  '$.x',
  '$set',
  '#',
  '#-1',
  '*',
  'a[0]',
  '[',
  'a/b',
  'a~1b',
  'a:b',
  'f:a',
  ':a',
  '@a',
  '?',
  '%s',
  '"',
  '"a"',
  "'",
  "it's",
  '`',
  '\\',
  '\\u0061',
  'a\\',
  '--',
  ';',
  ',',
  '{}',
  '\n',
  'a\nb',
  '\t',
  '\u0000',
  'a\u0000',
  'a\u0000b',
  '\u0001',
  '\u007f',
  '\ud800',
  '\udc00',
  'a\udfffb',
  '\ufffd',
  '\\ud800',
  '\\u0000',
  '\ufeff',
  '\ufeffa',
  'é',
  'e\u0301',
  '😀',
  '\u{10ffff}',
  // What a store may call its own columns.
  'id',
  '_id',
  'handle',
  'kind',
  'user',
  'link',
  'facts',
  'keys',
  'fields',
  'version',
  'ops',
  'ended',
  'until',
  'expires_at',
  'expiresAt',
  'x'.repeat(128),
  `${'x'.repeat(127)}y`,
  'ü'.repeat(64),
]

/** Texts that a careless comparison takes for this one. */
function nearMisses(text: string): readonly string[] {
  const candidates = [
    `${text} `,
    ` ${text}`,
    text.trim(),
    text.toLowerCase(),
    text.toUpperCase(),
    text.normalize('NFC'),
  ]
  const more = [text.normalize('NFD'), text.normalize('NFKC'), text.slice(0, -1), JSON.stringify(text)]
  return [...new Set([...candidates, ...more])].filter((other) => other !== text && !/\p{Surrogate}/u.test(other))
}
