import { REMEMBERED_OPS } from '../engine/row.js'
import { OP_WIDTH } from './op.js'

/**
 * The statements of the SQLite store: all that it ever sends, so that an operator can run them by hand and atomicity can
 * be checked by eye. `?` are filled from left to right; each statement is one transaction.
 *
 * | act | statements |
 * | --- | --- |
 * | `create` | `create`; where it inserted nothing, `standing` |
 * | `get` | `get` |
 * | `patch` | `patch` |
 * | `end` | `end`; where it changed nothing under a guard, `standing` |
 * | `find` | `findUser`, `findLink` or `findAll` |
 * | `sweep` | `sweep` |
 *
 * `fields` is a JSON object of field name (escaped, see `field-name.ts`) to text. `ops` are the newest eight, each 16
 * characters wide. `until` is NULL while a row is live, so that `coalesce(until, expires_at)` is when it is dead.
 */
export interface SqliteStatements {
  readonly schema: readonly string[]
  readonly create: string
  readonly standing: string
  readonly get: string
  readonly patch: string
  readonly end: string
  readonly findUser: string
  readonly findLink: string
  readonly findAll: string
  readonly sweep: string
}

// Columns are always named: a driver may add one of its own to `*`.
const ROW = `handle, kind, user, link, facts, keys, fields, version, seen_at, expires_at, ops,
  ended_reason, successor, until, ended_by`
const SUMMARY = 'handle, user, link, facts, version, seen_at, expires_at'

/** The statements for one table. The name must have been checked: it is written into them as it is. */
export function sqliteStatements(name: string): SqliteStatements {
  const table = `"${name}"`
  const found = (where: string) => `
SELECT ${SUMMARY} FROM ${table}
WHERE ${where}handle > ? AND expires_at > ? AND kind = 'session' AND ended_reason IS NULL
ORDER BY handle LIMIT ?`

  return {
    schema: [
      `
CREATE TABLE IF NOT EXISTS ${table} (
  handle TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  user TEXT,
  link TEXT,
  facts TEXT NOT NULL,
  keys TEXT NOT NULL,
  fields TEXT NOT NULL,
  version INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ops TEXT NOT NULL,
  ended_reason TEXT,
  successor TEXT,
  until INTEGER,
  ended_by TEXT
) STRICT, WITHOUT ROWID`,
      // Each index ends with the handle, which is the cursor; rows that no page shows are in none of them.
      `
CREATE INDEX IF NOT EXISTS "${name}_user" ON ${table} (user)
WHERE user IS NOT NULL AND kind = 'session' AND ended_reason IS NULL`,
      `
CREATE INDEX IF NOT EXISTS "${name}_link" ON ${table} (link)
WHERE link IS NOT NULL AND kind = 'session' AND ended_reason IS NULL`,
      `
CREATE INDEX IF NOT EXISTS "${name}_live" ON ${table} (handle)
WHERE kind = 'session' AND ended_reason IS NULL`,
      `
CREATE INDEX IF NOT EXISTS "${name}_dead" ON ${table} (coalesce(until, expires_at))`,
    ],

    // The row; now
    create: `
INSERT INTO ${table} (handle, kind, user, link, facts, keys, fields, version, seen_at, expires_at, ops)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (handle) DO UPDATE SET
  kind = excluded.kind, user = excluded.user, link = excluded.link, facts = excluded.facts, keys = excluded.keys,
  fields = excluded.fields, version = excluded.version, seen_at = excluded.seen_at, expires_at = excluded.expires_at,
  ops = excluded.ops, ended_reason = NULL, successor = NULL, until = NULL, ended_by = NULL
WHERE coalesce(until, ${table}.expires_at) <= ?
RETURNING handle`,

    // handle
    standing: `
SELECT keys, expires_at, ended_reason FROM ${table} WHERE handle = ?`,

    // handle
    get: `
SELECT ${ROW} FROM ${table} WHERE handle = ?`,

    // changes to fields (null = unset) or NULL, twice; keys or NULL; seenAt; expiresAt; op or ''; handle; now;
    // ifKeys or NULL, twice; op or '', twice; ifFields (null = absent) or NULL
    patch: `
UPDATE ${table} SET
  fields = CASE WHEN ? IS NULL THEN fields ELSE json_patch(fields, ?) END,
  keys = coalesce(?, keys),
  seen_at = max(seen_at, ?),
  expires_at = max(expires_at, ?),
  ops = substr(ops || ?, -${REMEMBERED_OPS * OP_WIDTH}),
  version = version + 1
WHERE handle = ? AND ended_reason IS NULL AND expires_at > ?
  AND (? IS NULL OR keys = ?)
  AND (? = '' OR instr(ops, ?) = 0)
  AND NOT EXISTS (
    SELECT 1 FROM json_each(?) AS wanted LEFT JOIN json_each(${table}.fields) AS there ON there.key = wanted.key
    WHERE there.value IS NOT wanted.value
  )
RETURNING version`,

    // reason; successor or NULL; until; op; reason; handle; now; ifKeys or NULL, twice
    end: `
UPDATE ${table} SET
  fields = CASE WHEN ? = 'superseded' THEN fields ELSE '{}' END,
  successor = CASE WHEN ended_reason IS NULL THEN ? ELSE successor END,
  until = max(coalesce(until, 0), ?),
  ended_by = coalesce(ended_by, ?),
  ended_reason = CASE WHEN coalesce(ended_reason, 'superseded') = 'superseded' THEN ? ELSE ended_reason END
WHERE handle = ? AND (ended_reason IS NOT NULL OR (expires_at > ? AND (? IS NULL OR keys = ?)))
RETURNING ${ROW}`,

    // user, link or nothing; the handle after which to go on; now; limit
    findUser: found('user = ? AND '),
    findLink: found('link = ? AND '),
    findAll: found(''),

    // now; limit
    sweep: `
DELETE FROM ${table} WHERE handle IN (
  SELECT handle FROM ${table} WHERE coalesce(until, expires_at) <= ? ORDER BY coalesce(until, expires_at) LIMIT ?
)
RETURNING ${ROW}`,
  }
}
