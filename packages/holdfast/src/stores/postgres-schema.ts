import { HoldfastError } from '../engine/errors.js'

/** Where the rows of a Postgres store are. */
export interface PostgresPlace {
  /** The schema, quoted; `null` = the one that the connection's `search_path` says. */
  readonly schema: string | null
  /** The table, quoted and with its schema. */
  readonly table: string
  /** What the SQL says, in parts that must run in this order, each of them as often as one likes. */
  readonly create: { readonly schema: string; readonly table: string }
}

/**
 * The version of the schema, kept in the comment of the table. A release that needs another one raises it and appends to
 * the SQL what makes the new one out of the old: statements that change nothing when they run again, and that leave the
 * table usable to the release before.
 */
export const SCHEMA_VERSION = 1

/** The version in a table's comment; 0 where the table is missing, or its comment says something else. */
export function schemaVersion(comment: unknown): number {
  return Number(/^holdfast, schema (\d{1,9})$/.exec(String(comment))?.[1] ?? 0)
}

/**
 * Checks the names and answers the SQL. Throws `HOLDFAST_CONFIG` for what is no name: it is written into every statement.
 *
 * | column | is |
 * | --- | --- |
 * | `fields` | an object of field name (escaped, see `field-name.ts`) to text |
 * | `ops` | the newest eight, each 16 characters wide |
 * | `until` | NULL while a row is live, so that `coalesce(until, expires_at)` is when it is dead |
 * | `due_at` | never later than that: the moment at which `sweep` looks at the row |
 *
 * An update that changes no indexed column is a HOT update: it writes no index, and what it leaves behind is cleared away
 * without a vacuum. A touch moves `expires_at`, so that column is in no index. `due_at` is, and stays behind: a touch moves
 * it only when it lags by an hour or by half of what the row has left, and `sweep` moves it where it finds the row alive.
 * The pages keep room for the new versions (`fillfactor`).
 */
export function postgresPlace(schema: string | undefined, table: string): PostgresPlace {
  if (schema !== undefined) checkName('schema', schema)
  checkName('table', table)
  const qualified = schema === undefined ? `"${table}"` : `"${schema}"."${table}"`
  return {
    schema: schema === undefined ? null : `"${schema}"`,
    table: qualified,
    create: {
      schema: schema === undefined ? '' : `CREATE SCHEMA IF NOT EXISTS "${schema}";\n\n`,
      table: `CREATE TABLE IF NOT EXISTS ${qualified} (
  handle text COLLATE "C" NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  user_id text COLLATE "C",
  link text COLLATE "C",
  facts text NOT NULL,
  keys text COLLATE "C" NOT NULL,
  fields jsonb NOT NULL,
  version integer NOT NULL,
  seen_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  due_at bigint NOT NULL,
  ops text COLLATE "C" NOT NULL,
  ended_reason text,
  successor text,
  until bigint,
  ended_by text
) WITH (fillfactor = 80);

CREATE INDEX IF NOT EXISTS "${table}_user" ON ${qualified} (user_id, handle)
WHERE kind = 'session' AND ended_reason IS NULL AND user_id IS NOT NULL;

CREATE INDEX IF NOT EXISTS "${table}_link" ON ${qualified} (link, handle)
WHERE kind = 'session' AND ended_reason IS NULL AND link IS NOT NULL;

CREATE INDEX IF NOT EXISTS "${table}_live" ON ${qualified} (handle)
WHERE kind = 'session' AND ended_reason IS NULL;

CREATE INDEX IF NOT EXISTS "${table}_due" ON ${qualified} (due_at);

COMMENT ON TABLE ${qualified} IS 'holdfast, schema ${SCHEMA_VERSION}';
`,
    },
  }
}

function checkName(what: 'schema' | 'table', name: string): void {
  if (typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,47}$/.test(name) && !/^pg_/i.test(name)) return
  throw new HoldfastError(
    'HOLDFAST_CONFIG',
    `postgresStore: ${what} ${JSON.stringify(name)} is no name for a ${what}; use 1 to 48 letters, digits and "_", the ` +
      'first no digit, and not beginning with "pg_"',
  )
}
