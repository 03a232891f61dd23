import { expect, test } from 'vitest'
import type { Index, Row } from '../../src/engine/row.js'
import { inscribed, isAllowed, isLive, patched, summary } from '../../src/stores/acts.js'
import { storeKit } from '../../src/testing/store-kit.js'
import { beforeEnd, carelessStore, ended, isDead, isFound, isIndexed, type Mistake } from './fixtures/careless-store.js'

/** Runs the kit as a runner would, and answers the names of the tests that failed. */
async function failures(mistake: Mistake | undefined): Promise<string[]> {
  const declared: { name: string; fn: () => Promise<void> }[] = []
  storeKit({
    test: (name, fn) => declared.push({ name, fn }),
    open: async () => {
      const store = carelessStore(mistake)
      return { store, close: async () => {} }
    },
    runs: 1,
  })
  const failed: string[] = []
  for (const { name, fn } of declared) await fn().catch(() => failed.push(name))
  return failed
}

test('the store kit finds nothing in a store that is right', async () => {
  expect(await failures(undefined)).toEqual([])
})

const row = (changes: (row: Row) => Partial<Row>) => (of: Row) => ({ ...of, ...changes(of) })
const mapFields = (of: Row, change: (text: string) => string) =>
  new Map([...of.fields].map(([name, text]) => [name, change(text)]))
const mapNames = (of: Row, change: (name: string) => string) =>
  new Map([...of.fields].map(([name, text]) => [change(name), text]))
const user = (change: (user: string) => string) => (of: Row, index: Index, now: number) =>
  isFound(of, { all: true }, now) &&
  ('user' in index ? change(of.user ?? '') === change(index.user) : isIndexed(of, index))
const without = (name: 'ifKeys' | 'ifFields' | 'op') => (of: Row, patch: Parameters<typeof isAllowed>[1]) => {
  const { [name]: _, ...rest } = patch
  return isAllowed(of, name === 'ifKeys' ? { ...rest, ...(patch.keys && { ifKeys: of.keys }) } : rest)
}

/** Each mistake, and a word of the test that must find it. */
const MISTAKES: readonly (readonly [string, RegExp, Mistake])[] = [
  // create
  [
    'create overwrites live rows',
    /^I3: create with other keys/,
    { stands: (of, now) => of.ended !== null && !isDead(of, now) },
  ],
  ['create overwrites tombstones', /^I3: create on a tombstone/, { stands: (of, now) => isLive(of, now) }],
  ['create judges a tombstone by expiresAt', /also past expiresAt/, { stands: (of, now) => of.expiresAt > now }],
  ['create never replaces', /^create replaces a row/, { stands: () => true }],
  ['create answers false for the same row', /sent again answers true/, { isSame: () => false }],
  ['create answers true for any live row', /^I3: create with other keys/, { isSame: () => true }],
  ['create checks, then inserts', /50 creates of one handle/, { between: 'create' }],
  // patch
  ['patch inserts', /^I1/, { inserts: (handle, now) => blank(handle, now) }],
  ['patch of ended rows', /^I2: a patch on an ended row/, { isLive: (of, now) => of.expiresAt > now }],
  ['patch of expired rows', /^I2: a patch is refused from expiresAt/, { isLive: (of) => of.ended === null }],
  [
    'patch at the very expiresAt',
    /^I2: a patch is refused from expiresAt/,
    { isLive: (of, now) => of.ended === null && of.expiresAt >= now },
  ],
  [
    'touches go back',
    /^I5: touches/,
    { patched: (of, patch) => ({ ...patched(of, patch), seenAt: patch.seenAt ?? of.seenAt }) },
  ],
  [
    'expiry goes back',
    /^I5: touches/,
    { patched: (of, patch) => ({ ...patched(of, patch), expiresAt: patch.expiresAt ?? of.expiresAt }) },
  ],
  ['ifKeys is ignored', /^I6: keys change/, { isAllowed: without('ifKeys') }],
  [
    'keys without a guard',
    /^I6: keys change/,
    { isAllowed: (of, patch) => isAllowed(of, { ifKeys: of.keys, ...patch }) },
  ],
  [
    'ifKeys only where keys change',
    /ifKeys guards all/,
    { isAllowed: (of, patch) => (patch.keys ? isAllowed(of, patch) : without('ifKeys')(of, patch)) },
  ],
  ['ifFields is ignored', /^ifFields: each field/, { isAllowed: without('ifFields') }],
  [
    'ifFields: absent is like empty',
    /^ifFields: each field/,
    {
      isAllowed: (of, patch) =>
        without('ifFields')(of, patch) &&
        [...(patch.ifFields ?? [])].every(([name, text]) => (of.fields.get(name) ?? '') === (text ?? '')),
    },
  ],
  [
    'ifFields: null is not judged',
    /^ifFields: each field/,
    {
      isAllowed: (of, patch) =>
        without('ifFields')(of, patch) &&
        [...(patch.ifFields ?? [])].every(([name, text]) => text === null || of.fields.get(name) === text),
    },
  ],
  [
    'ifFields: one that holds is enough',
    /^ifFields: each field/,
    {
      isAllowed: (of, patch) =>
        without('ifFields')(of, patch) &&
        (!patch.ifFields?.size || [...patch.ifFields].some(([name, text]) => (of.fields.get(name) ?? null) === text)),
    },
  ],
  ['op is not judged', /comes twice is applied once/, { isAllowed: without('op') }],
  [
    'op is not kept',
    /comes twice is applied once/,
    { patched: (of, patch) => ({ ...patched(of, patch), ops: of.ops }) },
  ],
  [
    'all ops are kept',
    /eight newest/,
    { patched: (of, patch) => ({ ...patched(of, patch), ops: patch.op ? [...of.ops, patch.op] : of.ops }) },
  ],
  [
    'seven ops are kept',
    /eight newest/,
    { patched: (of, patch) => ({ ...patched(of, patch), ops: patched(of, patch).ops.slice(-7) }) },
  ],
  [
    'ops of a create are dropped',
    /^create hands over an op/,
    { keep: row((of) => ({ ops: of.version === 1 ? [] : of.ops })) },
  ],
  [
    'a touch counts as an op',
    /touches without an op/,
    {
      patched: (of, patch) => patched(of, { op: '----------------', ...patch }),
      isAllowed: (of, patch) => isAllowed(of, patch),
    },
  ],
  [
    'the version stays at a touch',
    /version starts at 1/,
    { patched: (of, patch) => ({ ...patched(of, patch), version: patch.op ? of.version + 1 : of.version }) },
  ],
  [
    'the version stays where nothing changes',
    /version starts at 1/,
    { patched: (of, patch) => ({ ...patched(of, patch), version: of.version + (patch.set || patch.seenAt ? 1 : 0) }) },
  ],
  [
    'patch writes all fields',
    /leaves the others/,
    { patched: (of, patch) => ({ ...patched(of, patch), fields: new Map(patch.set) }) },
  ],
  ['unset is ignored', /leaves the others/, { patched: (of, { unset: _, ...patch }) => patched(of, patch) }],
  ['facts change', /^I4/, { patched: (of, patch) => ({ ...patched(of, patch), facts: `${of.facts} ` }) }],
  ['rows are changed in place', /is a value/, { patched: (of, patch) => Object.assign(of, patched(of, patch)) }],
  ['patch reads, then writes', /^LC-07 PL-12: 200 patches/, { between: 'patch' }],
  ['patch reads, then writes: keys', /20 compare-and-sets/, { between: 'patch' }],
  ['patch reads, then writes: guards', /50 increments/, { between: 'patch' }],
  ['patch reads, then writes: doubled', /one patch sent 20 times/, { between: 'patch' }],
  ['patch reads, then writes: ended', /^LC-06: an end \(signed-out\)/, { between: 'patch' }],
  // end
  [
    'a final end keeps the fields',
    /answers the row as it is then/,
    { ended: (of, ending) => ({ ...ended(of, ending), fields: of.fields }) },
  ],
  [
    'superseded erases the fields',
    /^end \(superseded\) keeps/,
    { ended: (of, ending) => ({ ...ended(of, ending), fields: new Map() }) },
  ],
  ['the second end takes over', /^I7: a second end/, { ended: (of, ending) => ended({ ...of, ended: null }, ending) }],
  [
    'by is replaced',
    /by and successor stay/,
    { ended: (of, ending) => ({ ...ended(of, ending), ended: { ...inscribed(of.ended, ending), by: ending.op } }) },
  ],
  [
    'the successor is replaced',
    /by and successor stay/,
    {
      ended: (of, ending) => ({
        ...ended(of, ending),
        ended: { ...inscribed(of.ended, ending), successor: ending.successor ?? null },
      }),
    },
  ],
  [
    'a successor is added',
    /never gets one/,
    {
      ended: (of, ending) => ({
        ...ended(of, ending),
        ended: { ...inscribed(of.ended, ending), successor: of.ended?.successor ?? ending.successor ?? null },
      }),
    },
  ],
  [
    'superseded is final',
    /replaces superseded/,
    { ended: (of, ending) => (of.ended === null ? ended(of, ending) : of) },
  ],
  [
    'final reasons are replaced',
    /no reason replaces a final one/,
    {
      ended: (of, ending) => ({
        ...ended(of, ending),
        ended: { ...inscribed(of.ended, ending), reason: ending.reason },
      }),
    },
  ],
  [
    'until goes back',
    /^until goes forward/,
    {
      ended: (of, ending) => ({ ...ended(of, ending), ended: { ...inscribed(of.ended, ending), until: ending.until } }),
    },
  ],
  [
    'until stays',
    /^until goes forward/,
    {
      ended: (of, ending) => ({
        ...ended(of, ending),
        ended: { ...inscribed(of.ended, ending), until: of.ended?.until ?? ending.until },
      }),
    },
  ],
  [
    'end ignores its guard',
    /^a guarded end: only/,
    { beforeEnd: (of, { ifKeys: _, ...ending }, now) => beforeEnd(of, ending, now) },
  ],
  [
    'end guards tombstones too',
    /only while the row is live/,
    {
      beforeEnd: (of, ending, now) =>
        ending.ifKeys !== undefined && ending.ifKeys !== of.keys ? 'guarded' : beforeEnd(of, ending, now),
    },
  ],
  ['end of expired rows', /^end of a row from its expiresAt/, { beforeEnd: (of, ending) => beforeEnd(of, ending, 0) }],
  [
    'end of expired rows is guarded',
    /^end of a row from its expiresAt/,
    { beforeEnd: (of, ending, now) => beforeEnd(of, ending, 0) ?? beforeEnd(of, ending, now) },
  ],
  [
    'tombstones expire with their rows',
    /goes on past the expiresAt/,
    { beforeEnd: (of, ending, now) => (of.expiresAt <= now ? null : beforeEnd(of, ending, now)) },
  ],
  [
    'end raises the version',
    /answers the row as it is then/,
    { ended: (of, ending) => ({ ...ended(of, ending), version: of.version + 1 }) },
  ],
  ['end reads, then writes', /^I7 LC-06: 30 ends/, { between: 'end' }],
  ['end reads, then writes: patches', /^LC-06: an end \(superseded\)/, { between: 'end' }],
  ['end reads, then writes: keys', /never both/, { between: 'end' }],
  // text
  [
    'values are trimmed',
    /^values of fields come back/,
    { keep: row((of) => ({ fields: mapFields(of, (text) => text.trim()) })) },
  ],
  [
    'values are normalised',
    /^values of fields come back/,
    { keep: row((of) => ({ fields: mapFields(of, (text) => text.normalize()) })) },
  ],
  [
    'values lose a byte order mark',
    /^values of fields come back/,
    { keep: row((of) => ({ fields: mapFields(of, (text) => text.replace(/^\ufeff/, '')) })) },
  ],
  [
    'values are unescaped',
    /^values of fields come back/,
    { keep: row((of) => ({ fields: mapFields(of, (text) => text.replace('\\u0000', '\u0000')) })) },
  ],
  [
    'empty values are absent',
    /^values of fields come back/,
    { keep: row((of) => ({ fields: new Map([...of.fields].filter(([, text]) => text !== '')) })) },
  ],
  [
    'values end after 64 kB',
    /^fields of 1 MB/,
    { keep: row((of) => ({ fields: mapFields(of, (text) => text.slice(0, 65_535)) })) },
  ],
  ['keys are trimmed', /^facts and keys come back/, { keep: row((of) => ({ keys: of.keys.trim() })) }],
  ['facts are normalised', /^facts and keys come back/, { keep: row((of) => ({ facts: of.facts.normalize() })) }],
  [
    'keys are compared without case',
    /^facts and keys come back/,
    {
      isAllowed: (of, patch) =>
        isAllowed(
          { ...of, keys: of.keys.toLowerCase() },
          { ...patch, ...(patch.ifKeys !== undefined && { ifKeys: patch.ifKeys.toLowerCase() }) },
        ),
    },
  ],
  [
    'names lose lone surrogates',
    /^any name of a field comes back/,
    { keep: row((of) => ({ fields: mapNames(of, (name) => Buffer.from(name).toString()) })) },
  ],
  [
    'names end at U+0000',
    /^any name of a field/,
    { keep: row((of) => ({ fields: mapNames(of, (name) => name.split('\u0000')[0] ?? '') })) },
  ],
  [
    'names are without case',
    /^any name of a field/,
    { keep: row((of) => ({ fields: mapNames(of, (name) => name.toLowerCase()) })) },
  ],
  [
    'names are inherited',
    /^any name of a field can be guarded/,
    {
      isAllowed: (of, patch) =>
        without('ifFields')(of, patch) &&
        [...(patch.ifFields ?? [])].every(([name, text]) => (Object.fromEntries(of.fields)[name] ?? null) === text),
    },
  ],
  ['handles are without case', /^the handles of rows/, { keep: row((of) => ({ handle: of.handle.toLowerCase() })) }],
  // find
  [
    'find answers records',
    /never answers records/,
    { isFound: (of, index, now) => isLive(of, now) && isIndexed(of, index) },
  ],
  [
    'find answers ended rows',
    /never answers ended/,
    { isFound: (of, index, now) => isFound({ ...of, ended: null }, index, now) },
  ],
  ['find answers expired rows', /from its expiresAt on \(TM-05\)/, { isFound: (of, index) => isFound(of, index, 0) }],
  ['users without case', /byte by byte/, { isFound: user((text) => text.toLowerCase()) }],
  ['users trimmed', /byte by byte/, { isFound: user((text) => text.trimEnd()) }],
  ['users normalised', /byte by byte/, { isFound: user((text) => text.normalize()) }],
  ['users cut', /byte by byte/, { isFound: user((text) => text.slice(0, 255)) }],
  [
    'users as numbers',
    /byte by byte/,
    { isFound: user((text) => (Number.isNaN(Number(text)) ? text : String(Number(text)))) },
  ],
  [
    'users and links mixed',
    /are two things/,
    { isFound: (of, index, now) => isFound(of, index, now) || ('user' in index && of.link === index.user) },
  ],
  [
    'pages by offset',
    /while rows come and go/,
    {
      page: (rows, cursor, limit) => {
        const start = Number(cursor ?? 0)
        return {
          rows: rows.slice(start, start + limit).map(summary),
          cursor: start + limit < rows.length ? String(start + limit) : null,
        }
      },
    },
  ],
  [
    'pages by seenAt',
    /while rows come and go/,
    {
      page: (rows, cursor, limit) => {
        const left = rows.toSorted((a, b) => a.seenAt - b.seenAt).filter((of) => of.seenAt >= Number(cursor ?? 0))
        return {
          rows: left.slice(0, limit).map(summary),
          cursor: left.length > limit ? String(left[limit]?.seenAt) : null,
        }
      },
    },
  ],
  ['one page for all', /at most limit rows/, { page: (rows) => ({ rows: rows.map(summary), cursor: null }) }],
  [
    'only the first page',
    /at most limit rows/,
    { page: (rows, _, limit) => ({ rows: rows.slice(0, limit).map(summary), cursor: null }) },
  ],
  [
    'pages without an end',
    /at most limit rows/,
    { page: (rows, _, limit) => ({ rows: rows.slice(0, limit).map(summary), cursor: 'on' }) },
  ],
  ['find answers too much', /neither keys nor fields nor ops/, { page: (rows) => ({ rows, cursor: null }) }],
  // sweep, close
  ['sweep takes live rows', /^sweep never claims live rows/, { isDead: () => true }],
  ['sweep takes tombstones early', /^a tombstone stands until/, { isDead: (of, now) => of.expiresAt <= now }],
  [
    'sweep leaves tombstones',
    /^sweep claims tombstones/,
    { isDead: (of, now) => of.ended === null && of.expiresAt <= now },
  ],
  ['sweep leaves records', /^sweep claims rows/, { isDead: (of, now) => of.kind === 'session' && isDead(of, now) }],
  ['sweep knows no limit', /at most limit rows at a time/, { sweepLimit: () => 1_000 }],
  ['sweep does not remove', /^sweep claims rows/, { leaves: (of) => of }],
  ['sweep leaves a stub', /^a handle is free/, { leaves: row(() => ({ expiresAt: Number.MAX_SAFE_INTEGER })) }],
  ['sweep lists, then removes', /claim different rows/, { between: 'sweep' }],
  ['close throws the second time', /^close can be called twice/, { closesOnce: true }],
]

function blank(handle: string, now: number): Row {
  const fields = new Map<string, string>()
  const text = { user: null, link: null, facts: '1', keys: '1' }
  return { handle, kind: 'session', ...text, fields, version: 1, seenAt: now, expiresAt: now + 1, ended: null, ops: [] }
}

for (const [mistake, found, store] of MISTAKES) {
  test(`the store kit finds: ${mistake}`, async () => {
    const failed = await failures(store)
    expect(failed.filter((name) => found.test(name))).not.toEqual([])
  })
}
