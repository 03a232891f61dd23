import type { SqliteDatabase } from 'holdfast/sqlite'

/** What one order says of one item: as it was when it was ordered, whatever the catalogue says later. */
export interface OrderLine {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  /** Of one, in cents. */
  readonly price: number
}

/** An order that was placed. */
export interface Order {
  readonly id: string
  readonly user: string
  readonly placedAt: number
  readonly lines: readonly OrderLine[]
  /** In cents. */
  readonly total: number
}

/** All orders. */
export interface Orders {
  place(order: Order): void
  /** An order of that user; `null` where they have none of that id. */
  find(user: string, id: string): Order | null
  /** Those of a user, newest first. */
  of(user: string): Order[]
}

const schema = `
  CREATE TABLE IF NOT EXISTS shop_orders (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    lines TEXT NOT NULL,
    total INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`

interface Columns {
  readonly id: string
  readonly user: string
  readonly placed_at: number
  readonly lines: string
  readonly total: number
}

/** The orders in a database; their table is made where it is not there. */
export function ordersIn(database: SqliteDatabase): Orders {
  database.exec(schema)
  database.exec('CREATE INDEX IF NOT EXISTS shop_orders_by_user ON shop_orders (user, placed_at)')
  const insert = database.prepare(
    'INSERT INTO shop_orders (id, user, placed_at, lines, total) VALUES (?, ?, ?, ?, ?) RETURNING id',
  )
  const columns = 'id, user, placed_at, lines, total'
  const one = database.prepare(`SELECT ${columns} FROM shop_orders WHERE user = ? AND id = ?`)
  const all = database.prepare(`SELECT ${columns} FROM shop_orders WHERE user = ? ORDER BY placed_at DESC, id`)
  return {
    place({ id, user, placedAt, lines, total }) {
      insert.all(id, user, placedAt, JSON.stringify(lines), total)
    },
    find(user, id) {
      const row = one.get(user, id) as Columns | undefined
      return row === undefined ? null : orderOf(row)
    },
    of: (user) => (all.all(user) as Columns[]).map(orderOf),
  }
}

function orderOf({ id, user, placed_at, lines, total }: Columns): Order {
  return { id, user, placedAt: placed_at, lines: JSON.parse(lines), total }
}
