import { MOST_OF_ONE } from './cart.js'

/** A quantity that was typed into a form, from 0 to `MOST_OF_ONE`; `null` where it is no such number. */
export function quantityOf(text: string): number | null {
  const quantity = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  return quantity <= MOST_OF_ONE ? quantity : null
}
