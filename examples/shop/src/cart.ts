import { type Item, itemOf } from './catalogue.js'

/**
 * How many of each item. An object by sku and not a list: two tabs that change different items at the same moment touch
 * different keys, and both changes stay.
 */
export type Cart = Record<string, number>

/** More of one thing cannot be ordered at once. */
export const MOST_OF_ONE = 20

/** One line of a cart as it is shown and charged. */
export interface CartLine {
  readonly item: Item
  readonly quantity: number
}

/** The cart with so many more of an item, at most `MOST_OF_ONE` of them. */
export function withMore(cart: Cart | undefined, sku: string, quantity: number): Cart {
  return { ...cart, [sku]: Math.min((cart?.[sku] ?? 0) + quantity, MOST_OF_ONE) }
}

/** The lines of a cart in the order in which they were put there; what is not sold any more is left out. */
export function linesOf(cart: Readonly<Cart> | undefined): CartLine[] {
  const lines: CartLine[] = []
  for (const [sku, quantity] of Object.entries(cart ?? {})) {
    const item = itemOf(sku)
    if (item !== undefined) lines.push({ item, quantity })
  }
  return lines
}

/** How many things lie in the cart. */
export function countOf(lines: readonly CartLine[]): number {
  return lines.reduce((count, { quantity }) => count + quantity, 0)
}

/** What they cost, in cents. */
export function totalOf(lines: readonly CartLine[]): number {
  return lines.reduce((total, { item, quantity }) => total + item.price * quantity, 0)
}
