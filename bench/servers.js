import { ownRedis } from './redis.js'
import { subjectNamed } from './subject.js'

/**
 * Starts the Redis that subjects keep their sessions on, for as long as an act takes. Where there is none those subjects are
 * left out, and named.
 *
 * @template T
 * @param {string} wanted names of subjects, with commas between them
 * @param {(subjects: string[], url: string) => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function withServers(wanted, act) {
  const subjects = wanted.split(',')
  /** @type {string[]} */
  const served = []
  for (const name of subjects) if ((await subjectNamed(name)).on !== undefined) served.push(name)
  if (served.length === 0) return await act(subjects, '')
  const redis = await ownRedis()
  if ('missing' in redis) {
    console.warn(`NOT MEASURED: ${served.join(', ')}. ${redis.missing}\n`)
    return await act(
      subjects.filter((name) => !served.includes(name)),
      '',
    )
  }
  try {
    return await act(subjects, redis.url)
  } finally {
    await redis.stop()
  }
}
