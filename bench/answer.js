/** What an answer says, as it came over the line. */
import { LIKES } from './works.js'

/**
 * The cookies that an answer sets, as they are sent back.
 *
 * @param {string} answer
 */
export function cookiesIn(answer) {
  const pairs = [...answer.matchAll(/^set-cookie: ([^=\r]+)=([^;\r]*)/gim)]
  return pairs
    .filter(([, , value]) => value)
    .map(([, name, value]) => `${name}=${value}`)
    .join('; ')
}

/**
 * Throws for an answer that shows that the work was not done: it would be measured as very cheap.
 *
 * @param {import('./works.js').Work} work
 * @param {string} answer
 * @param {boolean} isBare
 */
export function checkAnswer(work, answer, isBare) {
  const body = /^HTTP\/1\.1 200 .*?\r\n\r\n(\d+)$/s.exec(answer)?.[1]
  const setsCookie = cookiesIn(answer) !== ''
  if (body !== undefined && isDone(work, Number(body), setsCookie, isBare)) return
  throw new Error(`${work.name} was answered with: ${answer}`)
}

/**
 * @param {import('./works.js').Work} work
 * @param {number} said
 * @param {boolean} setsCookie
 * @param {boolean} isBare
 */
function isDone({ url }, said, setsCookie, isBare) {
  if (isBare) return said === 0
  if (url === '/create') return setsCookie
  if (url === '/read') return said >= LIKES
  return url === '/write' ? said > LIKES : said === 1
}
