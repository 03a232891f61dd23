/** What `.ci/run` runs: the tests as the README starts them, then every check. The last line is the sum of both. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { checks } from './checks.js'
import { root, run, sourceFiles } from './steps.js'
import { lastLine, readTally } from './tally.js'

const sum = { passed: 0, failed: 1, skipped: 0 }
process.on('exit', (status) => {
  if (status !== 0) sum.failed = Math.max(sum.failed, 1)
  console.log(`\n${lastLine(sum)}`)
  if (sum.failed > 0) process.exitCode ||= 1
})

// Outputs of sources that are gone, or were compiled with other settings, must not make anything pass.
for (const path of sourceFiles().filter((path) => path.endsWith('/package.json'))) {
  rmSync(join(root, path, '../dist'), { recursive: true, force: true })
}
rmSync(join(root, 'reports'), { recursive: true, force: true })

const tests = await run('npm', ['test'], { output: 'both', env: { HOLDFAST_REQUIRE: 'all' } })
const counted = readTally(tests.output) ?? { passed: 0, failed: 1, skipped: 0 }
Object.assign(sum, counted, { failed: tests.status === 0 ? counted.failed : Math.max(counted.failed, 1) })

console.log()
for (const { promise, problems } of checks) {
  const found = await Promise.resolve()
    .then(problems)
    .catch((error) => [String(error?.stack ?? error)])
  if (found.length === 0) sum.passed++
  else sum.failed++
  console.log(`${found.length === 0 ? 'holds ' : 'BROKEN'}  ${promise}`)
  for (const problem of found) console.log(problem.replace(/^/gm, '        '))
}
