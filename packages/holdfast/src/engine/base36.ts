/** Numbers in the fixed width that credentials, keys and facts share: lower-case base 36. */
import type { Millis } from './row.js'

/** Wide enough for the number of a secret. */
export const NUMBER_WIDTH = 4

/** Wide enough for a moment until the year 5188. */
export const TIME_WIDTH = 9

/** The number of a secret as four characters. */
export function formatNumber(number: number): string {
  return number.toString(36).padStart(NUMBER_WIDTH, '0')
}

/** A moment as nine characters. */
export function formatTime(at: Millis): string {
  return Math.max(0, Math.round(at)).toString(36).padStart(TIME_WIDTH, '0')
}

/** The number that stands in a text at a place. Digit by digit, because it is read at every request. */
export function parse36(text: string, at: number, width: number): number {
  let number = 0
  for (let i = at; i < at + width; i += 1) {
    const code = text.charCodeAt(i)
    number = number * 36 + (code < 97 ? code - 48 : code - 87)
  }
  return number
}
