/**
 * What is measured. A work is one request to a subject's listener, which answers these targets, each with a number as text: a subject
 * without sessions with 0, and where nothing is said with 1.
 *
 * - `GET /none`: the session is not touched.
 * - `GET /read`: reads the field `likes`, and answers it.
 * - `POST /write`: adds one to `likes`, and answers it.
 * - `POST /create`: puts the fields of `dataOf(2_000)` into a session that did not exist before.
 * - `POST /seed/<bytes>`: makes a session as of somebody signed in, with the fields of `dataOf(bytes)`. It is not measured.
 */

/** How many sessions of each size the requests come from, in turn. */
export const SESSIONS = 256

/** The sizes of the sessions that are seeded, in bytes of JSON. */
export const sizes = /** @type {const} */ ([2_000, 20_000])

/**
 * @typedef {object} Work
 * @property {string} name
 * @property {string} title
 * @property {'in process' | 'sockets'} way how the request reaches the listener.
 * @property {'GET' | 'POST'} method
 * @property {string} url
 * @property {(typeof sizes)[number] | null} size of the session that it comes with; `null` where it comes without.
 * @property {number} [most] requests in one slice: creating leaves something behind.
 */

/** @type {readonly Work[]} */
export const works = [
  inProcess('none-2k', 'not touched, 2 kB', 'GET', '/none', 2_000),
  inProcess('read-2k', 'read one small field of 2 kB', 'GET', '/read', 2_000),
  inProcess('read-20k', 'read one small field of 20 kB', 'GET', '/read', 20_000),
  inProcess('write-2k', 'write one field of 2 kB', 'POST', '/write', 2_000),
  inProcess('write-20k', 'write one field of 20 kB', 'POST', '/write', 20_000),
  { ...inProcess('create-2k', 'create, 2 kB', 'POST', '/create', null), most: 400 },
  { ...inProcess('socket-read-2k', 'real sockets, read 2 kB', 'GET', '/read', 2_000), way: 'sockets' },
  { ...inProcess('socket-write-2k', 'real sockets, write 2 kB', 'POST', '/write', 2_000), way: 'sockets' },
]

/**
 * @param {string} name
 * @param {string} title
 * @param {Work['method']} method
 * @param {string} url
 * @param {Work['size']} size
 * @returns {Work}
 */
function inProcess(name, title, method, url, size) {
  return { name, title, way: 'in process', method, url, size }
}

/** What `likes` begins with, so that an answer shows whether the work was done. */
export const LIKES = 1_000

/**
 * What a session holds: ten fields, of which lists make up most, as long as that many bytes of JSON.
 *
 * @param {number} bytes
 * @returns {Record<string, unknown> & { likes: number }}
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

/**
 * The header lines of a request of a browser, names and values in turn.
 *
 * @param {Work['method']} method
 * @param {string} origin `https://shop.example`
 * @param {string} cookie `''` where there is none of the subject's
 * @returns {string[]}
 */
export function headersOf(method, origin, cookie) {
  return [
    ...['Host', new URL(origin).host],
    ...['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
    ...['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ...['Accept-Language', 'en-GB,en;q=0.5'],
    ...['Accept-Encoding', 'gzip, deflate, br'],
    ...['Referer', `${origin}/shop`],
    ...(method === 'POST' ? ['Origin', origin, 'Content-Length', '0'] : []),
    ...['Connection', 'keep-alive'],
    ...['Cookie', ['theme=dark; consent=all.2025-01-01', cookie].filter(Boolean).join('; ')],
    ...['Sec-Fetch-Dest', 'document', 'Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Site', 'same-origin'],
  ]
}
