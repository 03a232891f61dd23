import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { root } from '../../scripts/steps.js'
import { startTwoProcesses } from './processes.js'

const base = mkdtempSync(join(tmpdir(), 'holdfast-open-'))
beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'examples/shop'], { cwd: root })
  vi.stubEnv('TMPDIR', base)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(base, { recursive: true })
})

/** How many processes of ours are alive. */
const children = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length

test('two shops leave nothing behind when they close', async () => {
  const before = children()
  const site = await startTwoProcesses('memory:')
  expect([children() - before, readdirSync(base).length]).toEqual([2, 1])
  await site.close()
  expect(readdirSync(base)).toEqual([])
  // The handle of a process closes a moment after it was seen to end.
  await expect.poll(children).toBe(before)
})

test.each([
  ['the first', 'no-such-store', 'memory:'],
  ['the second', 'memory:', 'no-such-store'],
])('where %s shop does not open, the other ends and nothing is left behind', async (_which, one, other) => {
  const before = children()
  await expect(startTwoProcesses(one, other)).rejects.toThrow('did not open')
  expect(readdirSync(base)).toEqual([])
  // The handle of a process closes a moment after it was seen to end.
  await expect.poll(children).toBe(before)
})
