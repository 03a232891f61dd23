/**
 * What holdfast's path may cost beside another library's, measured in the same run. Of costs only ratios mean anything:
 * machines differ, and one machine is not the same twice.
 *
 * @typedef {object} Goal
 * @property {string} work
 * @property {string} subject whose goal it is.
 * @property {string | readonly string[]} against the subject that it is compared with; of several, the cheapest one.
 * @property {number} wanted its cost is at most that part of the other's: 15 is a fifteenth.
 * @property {number | null} kept the part beyond which `--check` fails; `null` where nothing depends on it.
 */

const theirs = 'express-session'

/** What is compared with whom. On Koa holdfast stands beside the library that stands on Koa too. */
export const pairs = /** @type {const} */ ([
  { subject: 'holdfast', against: 'express-session' },
  { subject: 'holdfast', against: 'koa-session' },
  { subject: 'holdfast-koa', against: 'koa-session' },
  { subject: 'holdfast', against: 'fastify-session' },
  { subject: 'holdfast', against: 'next-session' },
  { subject: 'redis-holdfast', against: 'redis-express-session' },
])

/** @type {readonly Goal[]} */
export const goals = [
  { work: 'read-2k', subject: 'holdfast', against: theirs, wanted: 15, kept: 10 },
  {
    work: 'read-2k',
    subject: 'holdfast',
    against: ['koa-session', 'fastify-session', 'next-session'],
    wanted: 4,
    kept: null,
  },
  { work: 'read-20k', subject: 'holdfast', against: theirs, wanted: 100, kept: 60 },
  { work: 'write-2k', subject: 'holdfast', against: theirs, wanted: 12, kept: 7 },
  { work: 'write-20k', subject: 'holdfast', against: theirs, wanted: 12, kept: 7 },
  { work: 'create-2k', subject: 'holdfast', against: theirs, wanted: 4, kept: 2 },
  { work: 'socket-read-2k', subject: 'holdfast', against: theirs, wanted: 10, kept: 8 },
  { work: 'read-2k', subject: 'redis-holdfast', against: 'redis-express-session', wanted: 4, kept: 3 },
  { work: 'write-2k', subject: 'redis-holdfast', against: 'redis-express-session', wanted: 4, kept: 3 },
  { work: 'socket-write-2k', subject: 'holdfast', against: theirs, wanted: 7, kept: 3.5 },
]

/** How many commands a read may send to Redis. */
export const COMMANDS = { work: 'read-2k', subject: 'redis-holdfast', most: 1 }

/** What is read must not depend on what is not: so many microseconds may a read of 20 kB cost more than one of 2 kB. */
export const EVEN = { works: /** @type {const} */ (['read-2k', 'read-20k']), subject: 'holdfast', micros: 3 }
