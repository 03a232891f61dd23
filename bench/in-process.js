/**
 * Requests without a network: Node's own requests and responses over a stream in memory. What the kernel and the parser
 * cost would be in every measurement, and only add noise.
 */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { checkAnswer } from './answer.js'
import { prove, seed } from './prove.js'
import { headersOf } from './works.js'

/** @typedef {import('./subject.js').Listener} Listener */
/** @typedef {import('./works.js').Work} Work */

/** How many requests are in flight: as many as a busy server has, so that a turn of the event loop serves them all. */
const IN_FLIGHT = 16

/** Over https, where cookies have their prefix. */
const ORIGIN = 'https://shop.example'

/** A connection to nobody. */
class Line extends Duplex {
  encrypted = true
  answer = ''

  get remoteAddress() {
    return '192.0.2.7'
  }

  /** @override */
  _read() {}

  /**
   * @override
   * @param {Buffer | string} chunk
   * @param {BufferEncoding} _encoding
   * @param {() => void} callback
   */
  _write(chunk, _encoding, callback) {
    this.answer += chunk.toString('latin1')
    callback()
  }
}

/** The requests of one subject. */
export class InProcess {
  #lines = Array.from({ length: IN_FLIGHT }, () => new Line({ decodeStrings: false }))
  #listener
  #isBare
  /** @type {Map<Work['size'], string[]>} */
  #cookies = new Map([[null, ['']]])
  #turn = 0

  /**
   * @param {Listener} listener
   * @param {boolean} isBare
   */
  constructor(listener, isBare) {
    this.#listener = listener
    this.#isBare = isBare
  }

  /**
   * Makes the sessions that the works come with, and sees that the subject does what it is measured for.
   *
   * @param {readonly import('./works.js').Size[]} sizes
   * @param {number} [count] of each size
   */
  async seed(sizes, count) {
    const ask = this.#ask.bind(this)
    this.#cookies = await seed(ask, sizes, count)
    if (!this.#isBare) await prove(ask, this.#cookies)
  }

  /**
   * Does a work again and again. Answers the CPU time that it took, in milliseconds, and for how many requests.
   *
   * @param {Work} work
   * @param {number} millis of CPU time, about: what else the machine does makes a slice longer, and not smaller
   */
  async slice(work, millis) {
    const { method, url, most = Number.POSITIVE_INFINITY } = work
    const raws = (this.#cookies.get(work.size) ?? []).map((cookie) => headersOf(method, ORIGIN, cookie))
    const before = process.cpuUsage()
    let cpu = 0
    let requests = 0
    while (cpu < millis && requests < most) {
      // CPU time is not less than this away, and to ask for it costs as much as a request.
      const over = performance.now() + millis - cpu
      do {
        await this.#wave(method, url, raws)
        requests += IN_FLIGHT
      } while (performance.now() < over && requests < most)
      const { user, system } = process.cpuUsage(before)
      cpu = (user + system) / 1_000
    }
    for (const { answer } of this.#lines) checkAnswer(work, answer, this.#isBare)
    return { cpu, requests }
  }

  /**
   * A request on every line, all at once.
   *
   * @param {Work['method']} method
   * @param {string} url
   * @param {string[][]} raws
   * @returns {Promise<void>}
   */
  #wave(method, url, raws) {
    return new Promise((resolve) => {
      let open = this.#lines.length
      const finished = () => {
        open -= 1
        if (open === 0) setImmediate(resolve)
      }
      for (const line of this.#lines) {
        this.#turn = (this.#turn + 1) % raws.length
        this.#send(line, method, url, raws[this.#turn] ?? [], finished)
      }
    })
  }

  /**
   * @param {Work['method']} method
   * @param {string} url
   * @param {string} cookie
   * @returns {Promise<string>} the answer as it was sent
   */
  #ask(method, url, cookie) {
    const [line = new Line()] = this.#lines
    const raw = headersOf(method, ORIGIN, cookie)
    return new Promise((resolve) => this.#send(line, method, url, raw, () => resolve(line.answer)))
  }

  /**
   * @param {Line} line
   * @param {Work['method']} method
   * @param {string} url
   * @param {string[]} raw
   * @param {() => void} finished
   */
  #send(line, method, url, raw, finished) {
    // A Line is as much of a socket as requests and responses ask for.
    const socket = /** @type {import('node:net').Socket} */ (/** @type {unknown} */ (line))
    line.answer = ''
    const req = new IncomingMessage(socket)
    req.method = method
    req.url = url
    req.httpVersion = '1.1'
    req.httpVersionMajor = 1
    req.httpVersionMinor = 1
    // As Node's parser hands them over: they are read when somebody asks for the first of them.
    const parsed = /** @type {{ _addHeaderLines(lines: string[], count: number): void }} */ (
      /** @type {unknown} */ (req)
    )
    parsed._addHeaderLines(raw, raw.length)
    const res = new ServerResponse(req)
    res.assignSocket(socket)
    res.on('finish', () => {
      res.detachSocket(socket)
      finished()
    })
    this.#listener(req, res)
  }
}
