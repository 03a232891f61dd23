import { REMEMBERED_OPS } from '../engine/row.js'
import { OP_WIDTH } from './op.js'
import { type PostgresStatement, prepared, unprepared } from './postgres-client.js'
import { ROW_COLUMNS, SUMMARY_COLUMNS } from './postgres-columns.js'
import type { PostgresPlace } from './postgres-schema.js'

/**
 * The statements of the Postgres store: all that it ever sends, so that an operator can run them by hand and atomicity
 * can be checked by eye. Each is a transaction of its own, and each act but one is a single statement.
 *
 * | act | statements |
 * | --- | --- |
 * | `create` | `create` |
 * | `get` | `get` |
 * | `patch` | `patch` |
 * | `end` | `end`; where it changed nothing under a guard, `standing` |
 * | `find` | `findUser`, `findLink` or `findAll` |
 * | `sweep` | `sweep`, again while it met only rows that were alive |
 * | `setup` | `setting`; where the table is missing or old, `setup` |
 */
export interface PostgresStatements {
  readonly setting: PostgresStatement
  readonly create: PostgresStatement
  readonly standing: PostgresStatement
  readonly get: PostgresStatement
  readonly patch: PostgresStatement
  readonly end: PostgresStatement
  readonly findUser: PostgresStatement
  readonly findLink: PostgresStatement
  readonly findAll: PostgresStatement
  readonly sweep: PostgresStatement
}

/** What a second `create` of a row may replace. */
const REPLACED = [
  ...['kind', 'user_id', 'link', 'facts', 'keys', 'fields', 'version', 'seen_at', 'expires_at', 'due_at', 'ops'],
  ...['ended_reason', 'successor', 'until', 'ended_by'],
]

/** `due_at` lags behind by this at most, in milliseconds. */
const MOST_LAG = 3_600_000

/** The statements for one table. */
export function postgresStatements({ schema, table }: PostgresPlace): PostgresStatements {
  const isDead = 'coalesce(mine.until, mine.expires_at) <= $12::bigint'
  const expires = 'greatest(expires_at, $7::bigint)'
  const found = (where: string, after: number) => `
SELECT ${SUMMARY_COLUMNS} FROM ${table}
WHERE ${where}handle > $${after} AND expires_at > $${after + 1}::bigint AND kind = 'session' AND ended_reason IS NULL
ORDER BY handle LIMIT $${after + 2}::integer`

  return {
    // The comment of the table, whether the schema is there, and the encoding of the database.
    setting: unprepared(`
SELECT obj_description(to_regclass('${table}'), 'pg_class'),
  ${schema === null ? 'true' : `to_regnamespace('${schema}') IS NOT NULL`}, current_setting('server_encoding')`),

    // 1 handle, 2 kind, 3 user, 4 link, 5 facts, 6 keys, 7 fields, 8 version, 9 seen_at, 10 expires_at, 11 ops, 12 now.
    // A dead row is replaced; a live one with the same keys is this very row, and is written as it was.
    create: prepared(`
INSERT INTO ${table} AS mine
  (handle, kind, user_id, link, facts, keys, fields, version, seen_at, expires_at, due_at, ops)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $10, $11)
ON CONFLICT (handle) DO UPDATE SET
${REPLACED.map((column) => `  ${column} = CASE WHEN ${isDead} THEN excluded.${column} ELSE mine.${column} END`).join(',\n')}
WHERE ${isDead} OR (mine.ended_reason IS NULL AND mine.keys = excluded.keys)
RETURNING version`),

    // 1 handle
    standing: prepared(`SELECT keys, expires_at, ended_reason FROM ${table} WHERE handle = $1`),

    // 1 handle
    get: prepared(`SELECT ${ROW_COLUMNS} FROM ${table} WHERE handle = $1`),

    // 1 handle, 2 now, 3 op or '', 4 fields to write (null = remove) or NULL, 5 keys or NULL, 6 seen_at, 7 expires_at,
    // 8 ifKeys or NULL, 9 ifFields (null = absent) or NULL
    patch: prepared(`
UPDATE ${table} SET
  fields = CASE WHEN $4::text IS NULL THEN fields ELSE jsonb_strip_nulls(fields || $4::text::jsonb) END,
  keys = coalesce($5, keys),
  seen_at = greatest(seen_at, $6::bigint),
  expires_at = ${expires},
  due_at = CASE WHEN ${expires} - due_at > least(${MOST_LAG}, (${expires} - $2::bigint) / 2) THEN ${expires} ELSE due_at END,
  ops = right(ops || $3::text, ${REMEMBERED_OPS * OP_WIDTH}),
  version = version + 1
WHERE handle = $1 AND ended_reason IS NULL AND expires_at > $2::bigint
  AND ($3::text = '' OR position($3::text IN ops) = 0)
  AND ($8::text IS NULL OR keys = $8::text)
  AND ($9::text IS NULL OR NOT EXISTS (
    SELECT FROM jsonb_each_text($9::text::jsonb) AS wanted WHERE fields ->> wanted.key IS DISTINCT FROM wanted.value
  ))
RETURNING version`),

    // 1 handle, 2 now, 3 op, 4 reason, 5 successor or NULL, 6 until, 7 ifKeys or NULL
    end: prepared(`
UPDATE ${table} SET
  fields = CASE WHEN $4::text = 'superseded' THEN fields ELSE '{}' END,
  successor = CASE WHEN ended_reason IS NULL THEN $5::text ELSE successor END,
  until = greatest(until, $6::bigint),
  due_at = greatest(until, $6::bigint),
  ended_by = coalesce(ended_by, $3::text),
  ended_reason = CASE WHEN coalesce(ended_reason, 'superseded') = 'superseded' THEN $4::text ELSE ended_reason END
WHERE handle = $1
  AND (ended_reason IS NOT NULL OR (expires_at > $2::bigint AND ($7::text IS NULL OR keys = $7::text)))
RETURNING ${ROW_COLUMNS}`),

    // user or link, where it is one of these; the handle after which to go on; now; limit
    findUser: prepared(found('user_id = $1 AND ', 2)),
    findLink: prepared(found('link = $1 AND ', 2)),
    findAll: unprepared(found('', 1)),

    // 1 now, 2 limit. Rows that another process looks at are left to it. Answers what was removed, and first how many
    // were due: among them those that were touched meanwhile, and will be due later.
    sweep: unprepared(`
WITH due AS MATERIALIZED (
  SELECT handle, coalesce(until, expires_at) <= $1::bigint AS is_dead FROM ${table}
  WHERE due_at <= $1::bigint ORDER BY due_at LIMIT $2::integer FOR UPDATE SKIP LOCKED
), later AS (
  UPDATE ${table} SET due_at = coalesce(until, expires_at)
  WHERE handle = ANY (ARRAY(SELECT handle FROM due WHERE NOT is_dead))
), removed AS (
  DELETE FROM ${table} WHERE handle = ANY (ARRAY(SELECT handle FROM due WHERE is_dead)) RETURNING ${ROW_COLUMNS}
)
SELECT (SELECT count(*) FROM due), removed.* FROM (SELECT) AS one LEFT JOIN removed ON true`),
  }
}

/** The script that creates the table, or brings it up to date; of several processes at once the first one does it. */
export function setupScript(create: string): string {
  return `SELECT pg_advisory_xact_lock(${SETUP_LOCK});
SELECT set_config('client_min_messages', 'warning', true);
${create}`
}

/** "holdfast" in ASCII, as a bigint: nobody else is likely to lock it. */
const SETUP_LOCK = BigInt(`0x${Buffer.from('holdfast').toString('hex')}`)
