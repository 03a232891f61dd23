/** Tries by hand, as it were, the first two things that a stranger does: start the shop, and paste the README's block. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './services/free-port.js'
import { root, textOf } from './steps.js'

const STARTS_WITHIN = 60_000
const STOPS_WITHIN = 10_000

/**
 * Starts the shop with `npm start`, looks at its first page, and ends it as Ctrl-C in a terminal does.
 *
 * @returns {Promise<string[]>} what went wrong
 */
export async function shopProblems() {
  const port = await freePort()
  const server = serve('npm', ['start', '--', '--store', 'memory:'], { PORT: String(port) })
  const page = await server.answer(`http://127.0.0.1:${port}/`)
  const ended = await server.interrupt()
  const problems = []
  if (page?.status !== 200 || !page.headers.get('content-type')?.includes('html')) {
    problems.push(`npm start answered ${page?.status ?? 'nothing'} for the first page.`)
  }
  if (!ended) problems.push('Ctrl-C did not end the shop.')
  return problems.length === 0 ? [] : [...problems, server.output()]
}

/**
 * Runs the first block of the README as pasted, but for its port, and asks twice, with the cookie of the first answer.
 *
 * @returns {Promise<string[]>} what went wrong
 */
export async function readmeProblems() {
  const block = /```js\n([\s\S]*?)```/.exec(textOf('README.md'))?.[1] ?? ''
  if (!block.includes('3000')) return ['The README has no block that listens on port 3000.']
  const port = await freePort()
  const code = block.replace('3000', String(port))
  const server = serve(process.execPath, ['--input-type=module', '--eval', code], {})
  try {
    const first = await server.answer(`http://127.0.0.1:${port}/`)
    if (first === null) return [`The README's block served nothing:\n${server.output()}`]
    const cookie = first.headers.getSetCookie().map((line) => line.split(';')[0])
    const second = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie: cookie.join('; ') } })
    const [one, two] = [await first.text(), await second.text()]
    return one.includes('1') && two.includes('2') ? [] : [`It answered "${one}", then "${two}":\n${server.output()}`]
  } finally {
    await server.interrupt()
  }
}

/**
 * A server in a process group of its own, as a terminal would make one.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function serve(command, args, env) {
  const stdio = /** @type {['ignore', 'pipe', 'pipe']} */ (['ignore', 'pipe', 'pipe'])
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, detached: true, stdio })
  const closed = once(child, 'close')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))

  /** @param {NodeJS.Signals} signal */
  const signalGroup = (signal) => {
    try {
      process.kill(-Number(child.pid), signal)
    } catch {
      // Nobody of the group is left.
    }
  }
  return {
    output: () => output,
    /** @param {string} url */
    async answer(url) {
      for (const until = Date.now() + STARTS_WITHIN; Date.now() < until && child.exitCode === null; await sleep(50)) {
        const answer = await fetch(url, { redirect: 'manual' }).catch(() => null)
        if (answer !== null) return answer
      }
      return null
    },
    /** Ctrl-C, and after a while the end. Answers whether Ctrl-C was enough for all of them. */
    async interrupt() {
      signalGroup('SIGINT')
      const ended = await Promise.race([closed.then(() => true), sleep(STOPS_WITHIN, false, { ref: false })])
      signalGroup('SIGKILL')
      return ended
    },
  }
}
