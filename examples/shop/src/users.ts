import type { SqliteDatabase } from 'holdfast/sqlite'

/** Somebody with an account. */
export interface User {
  readonly id: string
  /** As typed, for being shown. */
  readonly name: string
  /** In lower case: it is what one signs in with. */
  readonly email: string
  /** See `password.ts`. */
  readonly passwordHash: string
}

/** Everybody with an account. */
export interface Users {
  /** Answers whether they were added: not if somebody has that email already. */
  add(user: User, now: number): boolean
  byEmail(email: string): User | null
  byId(id: string): User | null
  /** Answers whether it was changed: not if it is no longer the one it is changed from. */
  changePassword(id: string, from: string, to: string): boolean
}

const schema = `
  CREATE TABLE IF NOT EXISTS shop_users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`

interface Columns {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly password_hash: string
}

/** The users in a database; their table is made where it is not there. */
export function usersIn(database: SqliteDatabase): Users {
  database.exec(schema)
  const insert = database.prepare(
    `INSERT INTO shop_users (id, email, name, password_hash, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (email) DO NOTHING RETURNING id`,
  )
  const byEmail = database.prepare('SELECT id, email, name, password_hash FROM shop_users WHERE email = ?')
  const byId = database.prepare('SELECT id, email, name, password_hash FROM shop_users WHERE id = ?')
  const change = database.prepare(
    'UPDATE shop_users SET password_hash = ? WHERE id = ? AND password_hash = ? RETURNING id',
  )
  return {
    add: ({ id, email, name, passwordHash }, now) => insert.all(id, email, name, passwordHash, now).length > 0,
    byEmail: (email) => userOf(byEmail.get(email) as Columns | undefined),
    byId: (id) => userOf(byId.get(id) as Columns | undefined),
    changePassword: (id, from, to) => change.all(to, id, from).length > 0,
  }
}

function userOf(row: Columns | undefined): User | null {
  return row === undefined ? null : { id: row.id, email: row.email, name: row.name, passwordHash: row.password_hash }
}
