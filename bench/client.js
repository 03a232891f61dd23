/** As little of an HTTP client as it takes, so that the machine's time goes to what is measured. */
import { connect } from 'node:net'
import { checkAnswer } from './answer.js'
import { prove, seed } from './prove.js'
import { headersOf } from './works.js'

/** @typedef {import('./works.js').Work} Work */

/** How many connections there are, with one request at a time on each. */
const CONNECTIONS = 16

/** One connection that is kept. */
class Connection {
  #socket
  #text = ''
  #length = -1
  /** @type {(answer: string) => void} */
  #answered = () => {}
  /** @type {(error: Error) => void} */
  #failed = () => {}

  /** @param {number} port */
  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (chunk) => this.#take(String(chunk)))
    this.#socket.on('error', (error) => this.#failed(error))
    this.#socket.on('close', () => this.#failed(new Error('the server closed the connection')))
  }

  /**
   * @param {string} request
   * @returns {Promise<string>} head and body of the answer
   */
  ask(request) {
    this.#text = ''
    this.#length = -1
    return new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
      if (this.#socket.destroyed) reject(new Error('the server had closed the connection'))
      this.#socket.write(request, 'latin1')
    })
  }

  close() {
    this.#socket.destroy()
  }

  /** @param {string} chunk */
  #take(chunk) {
    this.#text += chunk
    if (this.#length === -1) {
      const head = this.#text.indexOf('\r\n\r\n')
      if (head === -1) return
      const length = /^content-length: (\d+)/im.exec(this.#text)?.[1]
      if (length === undefined) this.#failed(new Error(`an answer without Content-Length: ${this.#text}`))
      this.#length = head + 4 + Number(length)
    }
    if (this.#text.length >= this.#length) this.#answered(this.#text)
  }
}

/** The requests of many browsers to one server. */
export class Client {
  #origin
  #isBare
  #connections
  /** @type {Map<Work['size'], string[]>} */
  #cookies = new Map([[null, ['']]])
  #turn = 0

  /**
   * @param {number} port
   * @param {boolean} isBare
   */
  constructor(port, isBare) {
    this.#origin = `http://localhost:${port}`
    this.#isBare = isBare
    this.#connections = Array.from({ length: CONNECTIONS }, () => new Connection(port))
  }

  /**
   * Makes the sessions that the works come with, and sees that the subject does what it is measured for.
   *
   * @param {readonly import('./works.js').Size[]} sizes
   */
  async seed(sizes) {
    const [connection] = this.#connections
    /** @type {import('./prove.js').Ask} */
    const ask = async (method, url, cookie) =>
      (await connection?.ask(textOf(method, url, headersOf(method, this.#origin, cookie)))) ?? ''
    this.#cookies = await seed(ask, sizes)
    if (!this.#isBare) await prove(ask, this.#cookies)
  }

  /**
   * Does a work again and again on all connections. Answers for how many requests.
   *
   * @param {Work} work
   * @param {number} millis for about how long
   * @returns {Promise<number>}
   */
  async load(work, millis) {
    const { method, url, most = Number.POSITIVE_INFINITY } = work
    const cookies = this.#cookies.get(work.size) ?? []
    const requests = cookies.map((cookie) => textOf(method, url, headersOf(method, this.#origin, cookie)))
    const over = performance.now() + millis
    let sent = 0
    const browse = async (/** @type {Connection} */ connection) => {
      let answer = ''
      while (performance.now() < over && sent < most) {
        sent += 1
        this.#turn = (this.#turn + 1) % requests.length
        answer = await connection.ask(requests[this.#turn] ?? '')
      }
      if (answer !== '') checkAnswer(work, answer, this.#isBare)
    }
    await Promise.all(this.#connections.map(browse))
    return sent
  }

  close() {
    for (const connection of this.#connections) connection.close()
  }
}

/**
 * @param {Work['method']} method
 * @param {string} url
 * @param {string[]} headers
 */
function textOf(method, url, headers) {
  let text = `${method} ${url} HTTP/1.1\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}
