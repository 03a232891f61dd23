/** The package as it would be published, used from both kinds of modules on every line of Node that it is for. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entries, modules } from './entries.js'
import { run } from './programs.js'
import { install, type Packed, type Project, pack, workbench } from './project.js'
import { type Fetched, fetched, folderOf, required } from './registry.js'

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const system = process.platform === 'win32' ? 'win' : process.platform

/** Of each line after the one that the tests run on, a version that npm has as a package. */
const NEWER = ['22.23.3', '24.21.0']

const ANSWERS = [
  '/ 200 visitor: nothing',
  '/push 200 visitor: a',
  '/push 200 visitor: a,a',
  '/sign-in 200 ada: a,a',
  '/push 200 ada: a,a,a',
  '/ 200 ada: a,a,a',
  '/sign-out 200 visitor: nothing',
  '/ 200 visitor: nothing',
]

interface Report {
  readonly node: string
  readonly names: Readonly<Record<string, readonly string[]>>
  readonly memory: readonly string[]
  readonly sqlite: readonly string[]
}

const nodes: readonly (readonly [version: string, found: Fetched, program: string])[] = [
  [process.versions.node, { folder: '' }, process.execPath],
  ...(await Promise.all(
    NEWER.map(async (version) => {
      const found = await fetched(`node-${system}-${process.arch}`, version)
      const program = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'
      return [version, found, 'folder' in found ? join(found.folder, program) : ''] as const
    }),
  )),
]

const bench = await workbench()
afterAll(() => bench.remove())

let packed: Packed
let project: Project
beforeAll(async () => {
  packed = await pack(bench.folder)
  project = await install(packed, join(bench.folder, 'project'))
  for (const name of await readdir(fixtures)) {
    await project.write({ [name]: await readFile(join(fixtures, name), 'utf8') })
  }
}, 60_000)

test('the tarball holds what can be imported, the sources that its maps point to, and nothing else', () => {
  const files = new Set(packed.files)
  for (const { specifier, files: needed } of entries) {
    for (const file of needed) expect(files, specifier).toContain(file)
  }
  for (const file of files) {
    expect(file).toMatch(/^(?:package\.json|LICENSE|README\.md|src\/.+\.ts|dist\/.+\.(?:js|d\.ts)(?:\.map)?)$/)
    const source = /^dist\/(.+)\.js$/.exec(file)?.[1]
    if (source !== undefined) expect(files, file).toContain(`src/${source}.ts`)
  }
})

describe.each(nodes)('on Node %s', (version, found, program) => {
  const missing = 'missing' in found
  const sqliteIsBuiltIn = !version.startsWith('20.')

  test.skipIf(missing && !required)(
    'import and require find the same names, and both serve sessions',
    async () => {
      folderOf(found)
      const use = async (script: string): Promise<Report> => {
        const database = join(bench.folder, `${version}-${script}.db`)
        const ended = await run(program, [script, database, ...modules], project.folder)
        expect(withoutSqliteWarning(ended.stderr)).toBe('')
        return JSON.parse(ended.stdout)
      }
      const [imported, required] = await Promise.all([use('import.mjs'), use('require.cjs')])
      expect(imported.node).toBe(`v${version}`)
      expect(imported.memory).toEqual(ANSWERS)
      // Where Node brings no SQLite and no driver is installed, that is what it says, and only when it is opened.
      expect(imported.sqlite).toEqual(sqliteIsBuiltIn ? ANSWERS : ['HOLDFAST_STORE_DRIVER'])
      expect(imported.names).toEqual(
        expect.objectContaining({
          'holdfast/node': ['withSessions'],
          'holdfast/express-session': ['Cookie', 'MemoryStore', 'Session', 'Store'],
        }),
      )
      expect(Object.keys(imported.names)).toEqual(modules)
      expect(required).toEqual(imported)
    },
    60_000,
  )
})

/** Node 22 says once that its SQLite is experimental. Nothing else is to be said. */
function withoutSqliteWarning(stderr: string): string {
  return stderr.replace(/^\(node:\d+\) ExperimentalWarning: SQLite is .*\n\(Use `node --trace-warnings .*\n/, '')
}
