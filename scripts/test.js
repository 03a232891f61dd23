/** `npm test`: makes a fresh clone ready and runs the tests. However it ends, the last line says how many passed. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { prepare } from './prepare.js'
import { forget, recorded, summary } from './services/record.js'
import { root, runTool, textOf } from './steps.js'
import { lastLine, tally } from './tally.js'

const reportFile = 'reports/vitest.json'

let counted = tally(null, 1)
process.on('exit', () => {
  const servers = summary(recorded())
  if (servers.length > 0) console.log(['', 'Tested against:', ...servers].join('\n'))
  console.log(`\n${lastLine(counted)}`)
  if (counted.failed > 0) process.exitCode ||= 1
})

forget()
const prepared = await prepare()
if (prepared !== 0) process.exitCode = prepared
else {
  rmSync(join(root, reportFile), { force: true })
  const { status } = await runTool('vitest', ['run', ...process.argv.slice(2)])
  counted = tally(existsSync(join(root, reportFile)) ? JSON.parse(textOf(reportFile)) : null, status)
  process.exitCode = status
}
