/** What `likes` begins with, so that an answer shows whether the work was done. */
export const LIKES = 1_000

/** @typedef {Record<string, unknown> & { likes: number }} SessionData */

/**
 * What a session holds: ten fields, of which lists make up most, as long as that many bytes of JSON.
 *
 * @param {number} bytes
 * @returns {SessionData}
 */
export function dataOf(bytes) {
  /** @type {[object[], object[], object[], object[]]} */
  const lists = [[], [], [], []]
  const [cart, seen, notes, flags] = lists
  const data = {
    likes: LIKES,
    name: 'Ada Example',
    locale: 'en-GB',
    theme: 'dark',
    coupon: null,
    step: 3,
    cart,
    seen,
    notes,
    flags,
  }
  for (let i = 0; JSON.stringify(data).length < bytes; i += 1) {
    lists[i % lists.length]?.push({ sku: `item-${1000 + i}`, count: (i % 3) + 1, added: 1_700_000_000_000 + i })
  }
  return data
}

/** The names of the fields of {@link dataOf}. */
export const names = Object.keys(dataOf(0))
