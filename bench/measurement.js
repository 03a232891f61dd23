import { Lane } from './lane.js'

/** @typedef {import('./works.js').Work} Work */

/** What was measured of some subjects at some works, slice by slice. */
export class Measurement {
  #works
  #subjects
  #url
  /** @type {Map<string, number[]>} */
  #slices = new Map()

  /**
   * @param {readonly Work[]} works
   * @param {readonly string[]} subjects
   * @param {string} [url] of the Redis that some of them keep their sessions on
   */
  constructor(works, subjects, url) {
    this.#works = works
    this.#subjects = subjects
    this.#url = url
  }

  /**
   * Measures all subjects beside each other, each in a new process: a slice of each in turn, in an order that is reversed
   * with every pass, so that a machine that slows down slows all of them.
   *
   * @param {number} millis for about how long, start and warming included
   * @param {number} passes at least, however long it takes on a busy machine
   * @param {number} slice in milliseconds
   * @param {number} warming in milliseconds, of each subject with all works together: what is compiled for one serves others
   */
  async take(millis, passes, slice, warming) {
    const over = performance.now() + millis
    /** @type {Lane[]} */
    const lanes = []
    try {
      for (const name of this.#subjects) lanes.push(await Lane.start(name, this.#works, this.#url))
      for (const work of this.#works) for (const lane of lanes) await lane.slice(work, warming / this.#works.length)
      for (let left = passes; left > 0 || performance.now() < over; left -= 1) {
        for (const work of this.#works) {
          for (const lane of lanes) this.slicesOf(work.name, lane.name).push((await lane.slice(work, slice)).micros)
        }
        lanes.reverse()
      }
    } finally {
      for (const lane of lanes) await lane.end()
    }
  }

  /**
   * CPU microseconds a request, of each slice.
   *
   * @param {string} work
   * @param {string} subject
   * @returns {number[]}
   */
  slicesOf(work, subject) {
    const name = `${work} ${subject}`
    const slices = this.#slices.get(name) ?? []
    this.#slices.set(name, slices)
    return slices
  }
}
