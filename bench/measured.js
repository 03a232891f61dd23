/**
 * The process of one subject: `node measured.js <subject> [<url of its server>]`, started by `run.js`, which asks it for one thing at a time.
 *
 * @typedef {{ act: 'seed', sizes: import('./works.js').Size[] }
 *   | { act: 'slice', work: string, millis: number }
 *   | { act: 'port' }
 *   | { act: 'cpu' }
 *   | { act: 'profile', file?: string }} Question `profile` begins one without a file, and ends it with one.
 */
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { Session } from 'node:inspector/promises'
import { InProcess } from './in-process.js'
import { subjectNamed } from './subject.js'
import { works } from './works.js'

const [, , name = '', url = ''] = process.argv
const subject = await subjectNamed(name)
const listener = await subject.open(url)
const profiler = new Session()
const inProcess = new InProcess(listener, subject.bare === null)

process.on('message', (question) => {
  answer(/** @type {Question} */ (question)).then(
    (reply) => process.send?.(reply),
    (error) => process.send?.({ failed: error instanceof Error ? error.stack : String(error) }),
  )
})
process.on('disconnect', () => process.exit())

/** @param {Question} question */
async function answer(question) {
  switch (question.act) {
    case 'seed':
      await inProcess.seed(question.sizes)
      return {}
    case 'slice': {
      const work = works.find(({ name }) => name === question.work)
      if (work === undefined) throw new Error(`there is no work ${question.work}`)
      return inProcess.slice(work, question.millis)
    }
    case 'port':
      return { port: await listen() }
    case 'cpu': {
      const { user, system } = process.cpuUsage()
      return { cpu: (user + system) / 1_000 }
    }
    case 'profile':
      await (question.file === undefined ? beginProfile() : endProfile(question.file))
      return {}
  }
}

async function beginProfile() {
  profiler.connect()
  await profiler.post('Profiler.enable')
  await profiler.post('Profiler.start')
}

/** @param {string} file */
async function endProfile(file) {
  const { profile } = await profiler.post('Profiler.stop')
  profiler.disconnect()
  await writeFile(file, JSON.stringify(profile))
}

/** @returns {Promise<number>} */
function listen() {
  // Its connections wait while other subjects are measured.
  const server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 }, listener)
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : 0)
    })
  })
}
