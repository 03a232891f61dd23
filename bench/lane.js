/** One subject as the run sees it: its process, and where a work needs sockets, a client beside it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Client } from './client.js'
import { subjectNamed } from './subject.js'
import { sizesOf } from './works.js'

/** @typedef {import('./works.js').Work} Work */
/** @typedef {import('./measured.js').Question} Question */

/** A subject in a process of its own. */
export class Lane {
  #process
  #isBare
  /** @type {Client | null} */
  #client = null
  /** @type {{ resolve: (reply: any) => void, reject: (error: Error) => void }} */
  #waiting = { resolve() {}, reject() {} }

  /**
   * @param {string} name
   * @param {import('node:child_process').ChildProcess} process
   * @param {boolean} isBare
   */
  constructor(name, process, isBare) {
    this.name = name
    this.#process = process
    this.#isBare = isBare
    process.on('exit', (code) => this.#waiting.reject(new Error(`the process of ${name} ended with ${code}`)))
    process.on('message', (/** @type {any} */ reply) => {
      if ('failed' in reply) this.#waiting.reject(new Error(`${name}: ${reply.failed}`))
      else this.#waiting.resolve(reply)
    })
  }

  /**
   * Starts the process, and has it make its sessions.
   *
   * @param {string} name
   * @param {readonly Work[]} works
   * @param {string} [url] of the server that the subject keeps its sessions on
   */
  static async start(name, works, url = '') {
    const { bare } = await subjectNamed(name)
    const child = fork(fileURLToPath(new URL('measured.js', import.meta.url)), [name, url], {
      // It is measured as it would run for users, also where whoever asks for it runs with switches of its own.
      execArgv: [],
    })
    const lane = new Lane(name, child, bare === null)
    try {
      const [near, far] = [sizesOf(works, 'in process'), sizesOf(works, 'sockets')]
      await lane.#ask({ act: 'seed', sizes: near })
      if (far.length > 0) await lane.#connect(far)
    } catch (error) {
      await lane.end()
      throw error
    }
    return lane
  }

  /**
   * One slice of a work.
   *
   * @param {Work} work
   * @param {number} millis
   * @returns {Promise<{ micros: number, requests: number }>} CPU microseconds a request
   */
  async slice(work, millis) {
    if (work.way === 'in process' || this.#client === null) {
      const { cpu, requests } = await this.#ask({ act: 'slice', work: work.name, millis })
      return { micros: (cpu * 1_000) / requests, requests }
    }
    const before = await this.#ask({ act: 'cpu' })
    const requests = await this.#client.load(work, millis)
    const after = await this.#ask({ act: 'cpu' })
    return { micros: ((after.cpu - before.cpu) * 1_000) / requests, requests }
  }

  /**
   * Writes a profile of the process while something is done.
   *
   * @param {string} file
   * @param {() => Promise<unknown>} act
   */
  async profiled(file, act) {
    await this.#ask({ act: 'profile' })
    await act()
    await this.#ask({ act: 'profile', file })
  }

  async end() {
    this.#client?.close()
    if (!this.#process.connected) return
    const exit = once(this.#process, 'exit')
    this.#process.disconnect()
    await exit
  }

  /** @param {import('./works.js').Size[]} sizes */
  async #connect(sizes) {
    const { port } = await this.#ask({ act: 'port' })
    this.#client = new Client(port, this.#isBare)
    await this.#client.seed(sizes)
  }

  /**
   * One question at a time.
   *
   * @param {Question} question
   * @returns {Promise<any>}
   */
  #ask(question) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#process.send(question)
    })
  }
}
