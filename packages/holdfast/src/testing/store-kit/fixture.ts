/** What the parts of the store kit share. */
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import type { Awaitable, Ending, Millis, Row, Store, Summary } from '../../engine/row.js'

/** Two clients on one set of data (the same one twice where there can be only one), and the time at which a test began. */
export interface Clients {
  readonly store: Store
  readonly other: Store
  readonly now: Millis
}

/** Declares one test. */
export type Declare = (title: string, body: (clients: Clients) => Promise<void>) => void

/** Milliseconds. */
export const MINUTE: Millis = 60_000
/** Milliseconds. */
export const HOUR: Millis = 60 * MINUTE

/** 22 base64url characters, as a handle has. */
export function newHandle(): string {
  return randomBytes(16).toString('base64url')
}

/** 16 base64url characters, as an `op` has. */
export function newOp(): string {
  return randomBytes(12).toString('base64url')
}

/** A visitor's row that lives for an hour, with changes. */
export function newRow(now: Millis, changes: Partial<Row> = {}): Row {
  return {
    handle: newHandle(),
    kind: 'session',
    user: null,
    link: null,
    facts: '1{"createdAt":1}',
    keys: '1first',
    fields: new Map([['cart', '["pear"]']]),
    version: 1,
    seenAt: now,
    expiresAt: now + HOUR,
    ended: null,
    ops: [],
    ...changes,
  }
}

/** Creates a row and answers it. */
export async function put(store: Store, now: Millis, changes: Partial<Row> = {}): Promise<Row> {
  const row = newRow(now, changes)
  assert.equal(await store.create(row, now), true, 'create inserts a row under a new handle')
  return row
}

/** The row as the primary has it; fails where there is none. */
export async function read(store: Store, handle: string, now: Millis): Promise<Row> {
  const row = await store.get(handle, now, true)
  assert.ok(row !== null, 'the row is there')
  return row
}

/** An ending that stands for ten minutes, with changes. */
export function newEnding(now: Millis, changes: Partial<Ending> = {}): Ending {
  return { op: newOp(), reason: 'signed-out', until: now + 10 * MINUTE, ...changes }
}

/** Ends a row and answers it as it is after the act; fails where the act answers anything else. */
export async function endRow(store: Store, handle: string, ending: Ending, now: Millis): Promise<Row> {
  const row = await store.end(handle, ending, now)
  assert.ok(row !== null && row !== 'guarded', `end answers the row, not ${row}`)
  return row
}

/** Fails unless both rows are the same in all that the contract names. */
export function assertRow(actual: Row | null, expected: Row): void {
  assert.ok(actual !== null, 'the row is there')
  assert.deepStrictEqual(contents(actual), contents(expected))
}

function contents(row: Row): Record<keyof Row, unknown> {
  const { handle, kind, user, link, facts, keys, version, seenAt, expiresAt, ended } = row
  const [fields, ops] = [new Map(row.fields), [...row.ops]]
  return {
    handle,
    kind,
    user,
    link,
    facts,
    keys,
    fields,
    version,
    seenAt,
    expiresAt,
    ended: ended && { ...ended },
    ops,
  }
}

/** What `find` must answer for a row. */
export function summaryOf({ handle, user, link, facts, version, seenAt, expiresAt }: Row): Summary {
  return { handle, user, link, facts, version, seenAt, expiresAt }
}

/** 0 to `count` - 1. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number)
}

/** Runs one act for each item, all at once, every second one by the other client. Answers their answers, in order. */
export function together<I, T>(
  { store, other }: Clients,
  items: readonly I[],
  act: (client: Store, item: I) => Awaitable<T>,
): Promise<T[]> {
  return Promise.all(items.map(async (item, number) => act(number % 2 === 0 ? store : other, item)))
}
