/** What an answer says, as it came over the line. */
import { LIKES } from './session-data.js'

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
 * The number that an answer bears.
 *
 * @param {string} answer
 */
export function numberIn(answer) {
  const number = /^HTTP\/1\.1 200 .*?\r\n\r\n(\d+)$/s.exec(answer)?.[1]
  if (number !== undefined) return Number(number)
  throw new Error(`a number was expected, and there came: ${answer}`)
}

/**
 * Throws for an answer that shows that the work was not done: it would be measured as very cheap. What an answer cannot show,
 * `prove.js` asks for before anything is measured.
 *
 * @param {import('./works.js').Work} work
 * @param {string} answer
 * @param {boolean} isBare
 */
export function checkAnswer(work, answer, isBare) {
  if (isDone(work, numberIn(answer), cookiesIn(answer) !== '', isBare)) return
  throw new Error(`${work.name} was answered with: ${answer}`)
}

/**
 * @param {import('./works.js').Work} work
 * @param {number} said
 * @param {boolean} setsCookie
 * @param {boolean} isBare
 */
function isDone({ url, size }, said, setsCookie, isBare) {
  if (isBare) return said === 0
  if (size === null) return said === 1 && setsCookie
  if (url === '/read') return said >= LIKES
  return url === '/write' ? said > LIKES : said === 1
}
