/**
 * What is measured: a work is one request to a subject, which comes with a session of one size or makes one. What the
 * subjects do when it arrives is said in `targets.js`.
 */

/** The sizes of sessions, in bytes of JSON. */
export const sizes = /** @type {const} */ ([200, 2_000, 20_000])

/** @typedef {(typeof sizes)[number]} Size */

/**
 * @typedef {object} Work
 * @property {string} name
 * @property {string} title
 * @property {'in process' | 'sockets'} way how the request reaches the listener.
 * @property {'GET' | 'POST'} method
 * @property {string} url
 * @property {Size | null} size of the session that it comes with; `null` where it comes without.
 * @property {number} [most] requests in one slice: creating leaves something behind.
 */

/** @type {Readonly<Record<Size, { short: string, long: string, most: number }>>} */
const said = {
  200: { short: '200', long: '200 B', most: 400 },
  2000: { short: '2k', long: '2 kB', most: 400 },
  20000: { short: '20k', long: '20 kB', most: 96 },
}

/** @type {readonly Work[]} */
export const works = [
  ...sizes.map((size) => inProcess('none', 'not touched', 'GET', '/none', size)),
  ...sizes.map((size) => inProcess('read', 'read one small field', 'GET', '/read', size)),
  ...sizes.map((size) => inProcess('write', 'write one field', 'POST', '/write', size)),
  ...sizes.map((size) => ({
    ...inProcess('create', 'create', 'POST', `/create/${size}`, size),
    size: null,
    most: said[size].most,
  })),
  onSockets('read', 'read one small field', 'GET', '/read', 2_000),
  onSockets('write', 'write one field', 'POST', '/write', 2_000),
]

/**
 * @param {string} name
 * @param {string} title
 * @param {Work['method']} method
 * @param {string} url
 * @param {Size} size
 * @returns {Work}
 */
function inProcess(name, title, method, url, size) {
  const { short, long } = said[size]
  return { name: `${name}-${short}`, title: `${title}, ${long}`, way: 'in process', method, url, size }
}

/**
 * @param {string} name
 * @param {string} title
 * @param {Work['method']} method
 * @param {string} url
 * @param {Size} size
 * @returns {Work}
 */
function onSockets(name, title, method, url, size) {
  const work = inProcess(name, title, method, url, size)
  return { ...work, name: `socket-${work.name}`, title: `real sockets, ${work.title}`, way: 'sockets' }
}

/**
 * The sizes of the sessions that works come with, or make.
 *
 * @param {readonly Work[]} works
 * @param {Work['way']} way
 */
export function sizesOf(works, way) {
  const own = works.filter((work) => work.way === way)
  return sizes.filter((size) => own.some((work) => work.size === size || work.url.endsWith(`/${size}`)))
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
