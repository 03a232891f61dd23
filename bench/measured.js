/**
 * The process of one subject: `node measured.js <subject>`, started by `run.js`, which asks it for one thing at a time.
 *
 * @typedef {{ act: 'seed' } | { act: 'slice', work: string, millis: number } | { act: 'port' } | { act: 'cpu' }} Question
 */
import { createServer } from 'node:http'
import { InProcess } from './in-process.js'
import { subjectNamed } from './subject.js'
import { works } from './works.js'

const [, , name = ''] = process.argv
const subject = await subjectNamed(name)
const listener = await subject.open()
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
      await inProcess.seed()
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
      return { cpu: user + system }
    }
  }
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
