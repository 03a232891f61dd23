import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../../support/built.js'
import { theirs } from './subjects.js'

const fixture = fileURLToPath(new URL('fixtures/required.cjs', import.meta.url))

/** Runs the fixture on the built package, in a process of its own. */
function run(
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): { stdout: string; stderr: string } {
  const { NODE_OPTIONS: _, NO_DEPRECATION: __, DEBUG: ___, NODE_ENV: ____, ...own } = process.env
  return spawnSync(process.execPath, [...args, fixture], {
    encoding: 'utf8',
    env: { ...own, ...env },
  })
}

beforeAll(build)

test('require gets the function with its constructors, and import the same ones', () => {
  expect(JSON.parse(run().stdout)).toEqual({
    type: 'function',
    name: 'session',
    keys: Object.keys(theirs),
    arity: 3,
    old: true,
    subpaths: ['Cookie', 'MemoryStore', 'Session', 'Store'],
    same: [true, true, true, true, true],
  })
})

describe('on stderr', () => {
  const lines = [
    'express-session deprecated undefined resave option; provide resave option',
    'express-session deprecated undefined saveUninitialized option; provide saveUninitialized option',
    'express-session deprecated req.secret; provide secret option',
  ]

  test('what is out of date is said, with the place', () => {
    const { stderr } = run()
    for (const line of lines) expect(stderr).toMatch(new RegExp(`${line} at \\S*required\\.cjs:\\d+:\\d+`))
  })

  test.each([
    ['NO_DEPRECATION=express-session', { NO_DEPRECATION: 'other express-session' }, []],
    ['NO_DEPRECATION=*', { NO_DEPRECATION: '*' }, []],
    ['--no-deprecation', {}, ['--no-deprecation']],
  ])('not with %s', (_name, env, args) => {
    expect(run(env, args).stderr).not.toContain('deprecated')
  })

  test.each([
    ['express-session', true],
    ['other,express*', true],
    ['*,-express-session', false],
    ['express', false],
  ])('what is done is told with DEBUG=%s: %s', (DEBUG, isTold) => {
    expect(run({ DEBUG }).stderr.includes('express-session store is disconnected')).toBe(isTold)
  })

  test('in production the default store is warned of', () => {
    const warning = 'Warning: connect.session() MemoryStore is not\ndesigned for a production environment'
    expect(run({ NODE_ENV: 'production' }).stderr).toContain(warning)
    expect(run().stderr).not.toContain(warning)
  })
})
