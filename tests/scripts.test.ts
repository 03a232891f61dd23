import { describe, expect, test } from 'vitest'
import { conformanceProblems, readClaimed, readRequirements, testsById } from '../scripts/conformance.js'
import { breaches, specifiersOf, wallsOf } from '../scripts/imports.js'
import { notInstalled } from '../scripts/prepare.js'
import { lastLine, type Report, readTally, tally } from '../scripts/tally.js'

function report(parts: Partial<Report>): Report {
  return {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    startTime: 0,
    testResults: [],
    ...parts,
  }
}

describe('the last line', () => {
  test('counts what passed, failed and was skipped', () => {
    const counted = tally(report({ numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 3 }), 1)
    expect(lastLine(counted)).toBe('7 passed, 2 failed, 4 skipped')
    expect(lastLine(tally(report({ numPassedTests: 7 }), 0))).toBe('7 passed, 0 failed')
  })

  test('counts a file that failed to load, which vitest does not', () => {
    const unloaded = { name: 'a.test.ts', status: 'failed', assertionResults: [] }
    const failed = {
      name: 'b.test.ts',
      status: 'failed',
      assertionResults: [{ title: '', ancestorTitles: [], status: 'failed' }],
    }
    expect(tally(report({ numFailedTests: 1, testResults: [unloaded, failed] }), 1).failed).toBe(2)
  })

  test('never says that all passed where vitest failed or left no report', () => {
    expect(tally(report({ numPassedTests: 7 }), 1)).toEqual({ passed: 7, failed: 1, skipped: 0 })
    expect(tally(null, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  test('is read back from the end of an output, and from nowhere else', () => {
    expect(readTally('noise\n\n12 passed, 1 failed, 2 skipped\n')).toEqual({ passed: 12, failed: 1, skipped: 2 })
    expect(readTally('12 passed, 0 failed\nand then it crashed\n')).toBe(null)
    expect(readTally('Tests  112 passed, 0 failed')).toBe(null)
  })
})

describe('what is installed', () => {
  const lock = {
    packages: {
      '': {},
      'packages/holdfast': {},
      'node_modules/holdfast': { link: true },
      'node_modules/a': { integrity: 'sha512-a' },
      'node_modules/other-system': { integrity: 'sha512-o', optional: true },
      'node_modules/brought-along': { integrity: 'sha512-b', peer: true },
    },
  }
  const installed = {
    packages: { 'node_modules/holdfast': { link: true }, 'node_modules/a': { integrity: 'sha512-a' } },
  }
  const everything = () => true

  test('is enough without packages that are optional or peers', () => {
    expect(notInstalled(lock, installed, everything)).toBe(null)
  })

  test('is not enough on a fresh clone, where npm has written nothing yet', () => {
    expect(notInstalled(lock, null, () => false)).toBe('node_modules/holdfast')
  })

  test('is not enough where the lock has another version', () => {
    const older = { packages: { ...installed.packages, 'node_modules/a': { integrity: 'sha512-older' } } }
    expect(notInstalled(lock, older, everything)).toBe('node_modules/a')
  })

  test('is not enough where a folder was removed', () => {
    expect(notInstalled(lock, installed, (path) => path !== 'node_modules/a')).toBe('node_modules/a')
  })

  test('is not enough where a workspace has no link yet', () => {
    const more = { packages: { ...lock.packages, 'node_modules/shop': { link: true } } }
    expect(notInstalled(more, installed, (path) => path !== 'node_modules/shop')).toBe('node_modules/shop')
  })
})

describe('conformance', () => {
  const page = [
    'Claimed: ID-01 to ID-03, TM-08',
    '| id | scope | requirement |',
    '| --- | --- | --- |',
    '| ID-01 | D | The first. |',
    '| ID-02 | O | The second. |',
    '| ID-03 | D/O | The third. |',
    '| TM-08 | D | The last. |',
    '| WS-01t | D | A procedure. |',
  ].join('\n')
  const run = (...tests: [status: string, ...titles: string[]][]) =>
    testsById(
      report({
        testResults: [
          {
            name: 'a.test.ts',
            status: 'passed',
            assertionResults: tests.map(([status, ...titles]) => ({
              status,
              title: titles.at(-1) ?? '',
              ancestorTitles: titles.slice(0, -1),
            })),
          },
        ],
      }),
    )

  test('reads ids, scopes and texts from every table of the page', () => {
    expect(readRequirements(page)).toEqual([
      { id: 'ID-01', scope: 'D', text: 'The first.' },
      { id: 'ID-02', scope: 'O', text: 'The second.' },
      { id: 'ID-03', scope: 'D/O', text: 'The third.' },
      { id: 'TM-08', scope: 'D', text: 'The last.' },
      { id: 'WS-01t', scope: 'D', text: 'A procedure.' },
    ])
  })

  test('reads single ids and ranges of what is claimed', () => {
    expect(readClaimed(page)).toEqual(['ID-01', 'ID-02', 'ID-03', 'TM-08'])
  })

  test('finds ids in the titles of tests and of the groups around them, once each', () => {
    const shown = run(['passed', 'expiry (TM-08)', 'ID-01 and ID-01 again'], ['failed', 'WS-01t: collected'])
    expect([...shown.keys()]).toEqual(['TM-08', 'ID-01', 'WS-01t'])
    expect(shown.get('ID-01')).toEqual([{ title: 'expiry (TM-08) › ID-01 and ID-01 again', passed: true }])
    expect(shown.get('WS-01t')).toEqual([{ title: 'WS-01t: collected', passed: false }])
  })

  test('asks a passing test of each claimed default requirement, and only of those', () => {
    const shown = run(['passed', 'ID-01'], ['failed', 'ID-03'], ['skipped', 'TM-08'])
    expect(conformanceProblems(readRequirements(page), readClaimed(page), shown)).toEqual([
      'ID-03 is claimed, but no passing test shows it.',
      'TM-08 is claimed, but no passing test shows it.',
    ])
    const all = run(['passed', 'ID-01'], ['passed', 'ID-03 TM-08'], ['failed', 'ID-03'])
    expect(conformanceProblems(readRequirements(page), readClaimed(page), all)).toEqual([])
  })

  test('knows no id that is not on the page, and is not content with nothing', () => {
    expect(conformanceProblems(readRequirements(page), ['ID-09'], run(['passed', 'ID-10']))).toEqual([
      'ID-09 is claimed, but is no requirement.',
      "ID-10 is in a test's title, but is no requirement.",
    ])
    expect(conformanceProblems([], [], new Map())).toEqual(['No requirement is claimed.'])
  })
})

describe('the reader of imports', () => {
  test('sees every form in which a file can name another', () => {
    const source = `
      import a, { b } from './value.js'
      import type { C } from "./type.js"
      export * from './all.js'
      export {
        d,
      } from './some.js'
      import './effect.js'
      const e = await import('./dynamic.js')
      type F = import('node:net').Socket
      const g = require('./required.cjs')
      const h = process.getBuiltinModule?.('node:sqlite')
    `
    expect(specifiersOf(source)).toEqual([
      './value.js',
      './type.js',
      './all.js',
      './some.js',
      './effect.js',
      './dynamic.js',
      'node:net',
      './required.cjs',
      'node:sqlite',
    ])
  })

  test('takes neither comments nor other strings for imports', () => {
    const source = `
      /** import { a } from './in-a-docstring.js' */
      // import './in-a-comment.js'
      const text = "import { a } from './in-a-string.js'"
      const shown = \`import './in-a-template.js'\`
      const accept = '*/*' // a string that looks like a comment
      const quote = /['"]/
      import { z } from './after.js'
    `
    expect(specifiersOf(source)).toEqual(['./after.js'])
  })

  const walls = wallsOf({
    overrides: [
      { includes: ['**/*.md'], formatter: {} },
      {
        includes: ['src/{a,b}/**', '!src/a/free.ts'],
        linter: {
          rules: {
            style: {
              noRestrictedImports: {
                options: { patterns: [{ group: ['**', '!./**', '!../b/*.js', '!node:crypto'], message: 'No.' }] },
              },
            },
          },
        },
      },
    ],
  })
  const refused = (path: string, specifier: string) =>
    breaches(path, `import '${specifier}'`, walls).map((b) => b.message)

  test('of the patterns that match, lets the last one decide', () => {
    expect(refused('src/a/x.ts', './own.js')).toEqual([])
    expect(refused('src/a/x.ts', '../b/other.js')).toEqual([])
    expect(refused('src/a/x.ts', '../b/deeper/other.js')).toEqual(['No.'])
    expect(refused('src/a/x.ts', '../c/other.js')).toEqual(['No.'])
    expect(refused('src/a/x.ts', 'node:crypto')).toEqual([])
    expect(refused('src/b/x.ts', 'node:fs')).toEqual(['No.'])
    expect(refused('src/a/free.ts', 'node:fs')).toEqual([])
    expect(refused('src/c/x.ts', 'node:fs')).toEqual([])
  })

  test('refuses a detour everywhere', () => {
    for (const detour of ['./x/../y.js', '../b/../c/y.js', './../c/y.js', '../b/./y.js', '../b//y.js', './.']) {
      expect(refused('src/c/x.ts', detour), detour).toEqual(['A detour: name the file by its shortest path.'])
    }
    for (const straight of ['./y.js', '../y.js', '../../b/y.js', '..', '.']) {
      expect(refused('src/c/x.ts', straight), straight).toEqual([])
    }
  })
})
