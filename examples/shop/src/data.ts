import type { Cart } from './cart.js'

/** What is said once, on the next page. */
export interface Notice {
  readonly tone: 'good' | 'bad'
  readonly text: string
  /** What was typed into the form that is shown again. Never a password. */
  readonly typed?: { readonly name?: string; readonly email?: string }
  /** What is wrong with a field of the form for another password. */
  readonly flaw?: { readonly field: 'current' | 'password'; readonly text: string }
}

/** What a session of the shop holds. */
export interface ShopData {
  cart: Cart
  notice: Notice
}
