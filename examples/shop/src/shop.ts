import type { Sessions } from 'holdfast'
import type { ShopData } from './data.js'
import type { Notes } from './notes.js'
import type { Orders } from './orders.js'
import type { Users } from './users.js'

/** What the routes work with. */
export interface Shop {
  readonly sessions: Sessions<ShopData>
  readonly users: Users
  readonly orders: Orders
  /** What the drawer of a page tells of earlier requests. */
  readonly notes: Notes
  /** Epoch milliseconds. */
  readonly now: () => number
}
