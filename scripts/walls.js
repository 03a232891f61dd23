/**
 * The walls between the rooms of holdfast: who may import whom. They are written in biome.json, one override a room.
 *
 * Three ways in which such a check fails to check are closed here. A room without files, a file in no room or in two (a
 * later override silently replaces an earlier one) is a problem in itself; and each wall is shown to stand by planting
 * what it forbids, in every form in which one file can name another, in a copy with the same paths.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { breaches, isBehind, wallsOf } from './imports.js'
import { root, runTool, sourceFiles, textOf } from './steps.js'

const wallRules = new Set(['lint/style/noRestrictedImports', 'lint/suspicious/noImportCycles'])
const isCode = /\.(?:ts|js|mjs|cjs|tsx)$/
const isRoom = /^packages\/[^/]+\/src\//

/**
 * What each room must not reach, and what it may. Written apart from biome.json, so that an edit there shows here.
 *
 * @type {{ room: string, ending?: string, refused: string[], allowed: string[] }[]}
 */
const rooms = [
  {
    room: 'packages/holdfast/src/engine',
    refused: ['node:fs', 'express', '../stores/memory.js', '../adapters/node.js', '../testing/index.js', '../index.js'],
    allowed: ['./row.js', '../policy/timeouts.js', 'node:crypto'],
  },
  {
    room: 'packages/holdfast/src/policy',
    refused: ['node:net', 'express', '../stores/memory.js', '../guards/cross-site.js'],
    allowed: ['./timeouts.js', '../engine/row.js', 'node:crypto'],
  },
  {
    room: 'packages/holdfast/src/keyring',
    refused: ['node:fs', 'jose', '../stores/memory.js', '../transport/cookie.js', '../index.js'],
    allowed: ['./secret-keyring.js', '../engine/keyring.js', '../policy/timeouts.js', 'node:crypto'],
  },
  {
    room: 'packages/holdfast/src/transport',
    refused: ['node:http', 'cookie', '../stores/memory.js', '../adapters/node.js', '../guards/cross-site.js'],
    allowed: ['./cookie.js', '../engine/wire.js'],
  },
  {
    room: 'packages/holdfast/src/guards',
    refused: ['node:http', 'express', '../stores/memory.js', '../transport/cookie.js'],
    allowed: ['./cross-site.js', '../engine/wire.js'],
  },
  {
    room: 'packages/holdfast/src/stores',
    refused: ['../engine/open.js', '../engine/wire.js', '../adapters/node.js', '../policy/timeouts.js', 'express'],
    allowed: ['./memory.js', '../engine/row.js', '../engine/errors.js', 'node:fs'],
  },
  {
    room: 'packages/holdfast/src/adapters',
    refused: ['../stores/memory.js', '../guards/cross-site.js', '../index.js', 'express', '../testing/index.js'],
    allowed: ['./held.js', '../engine/wire.js', 'node:http'],
  },
  {
    room: 'packages/holdfast/src/adapters',
    ending: '-augment',
    refused: ['../stores/memory.js', '../guards/cross-site.js', './held.js', 'express', 'node:http'],
    allowed: ['../engine/wire.js', 'koa'],
  },
  ...['connect', 'express-session'].map((door) => ({
    room: `packages/holdfast/src/compat/${door}`,
    refused: [
      '../../stores/memory.js',
      '../../adapters/express.js',
      '../../index.js',
      'express-session',
      'koa-session',
    ],
    allowed: [
      './own.js',
      '../express-session/store.js',
      '../../engine/row.js',
      '../../policy/timeouts.js',
      'node:http',
    ],
  })),
  {
    room: 'packages/holdfast/src/testing',
    refused: ['vitest', 'fast-check', 'holdfast'],
    allowed: ['./jar.js', '../stores/memory.js', '../index.js', 'node:assert'],
  },
  {
    room: 'packages/holdfast/src',
    refused: ['./testing/index.js', './adapters/node.js', './stores/sqlite.js'],
    allowed: ['./engine/open.js', './stores/memory.js', './guards/cross-site.js'],
  },
  ...['packages/another/src', 'examples/another/src', 'bench', 'tests'].map((room) => ({
    room,
    refused: ['holdfast/src/index.js', '../../packages/holdfast/src/index.js', '../../holdfast/dist/index.js'],
    allowed: ['holdfast', 'holdfast/express', './own.js', '../src/own.js'],
  })),
]

/** Every form in which one file can name another. */
const forms = {
  value: (/** @type {string} */ to) => `import { x } from '${to}'\nexport const y = x\n`,
  type: (/** @type {string} */ to) => `import type { X } from '${to}'\nexport type Y = X\n`,
  're-export': (/** @type {string} */ to) => `export { x } from '${to}'\n`,
  effect: (/** @type {string} */ to) => `import '${to}'\n`,
  dynamic: (/** @type {string} */ to) => `export const y = () => import('${to}')\n`,
  'type in place': (/** @type {string} */ to) => `export type Y = import('${to}').X\n`,
}

/**
 * What is wrong with the walls, or with what lies behind them; nothing, if all is well.
 *
 * @returns {Promise<string[]>}
 */
export async function wallProblems() {
  const walls = wallsOf(JSON.parse(textOf('biome.json')))
  const files = sourceFiles().filter((path) => isCode.test(path))
  return [
    ...walls
      .filter((wall) => !files.some((path) => isBehind(wall, path)))
      .map((wall) => `No file lies behind the wall of ${wall.includes.join(', ')}: it looks at nothing.`),
    ...files
      .filter((path) => isRoom.test(path))
      .map((path) => ({ path, count: walls.filter((wall) => isBehind(wall, path)).length }))
      .filter(({ count }) => count !== 1)
      .map(({ path, count }) => `${path} lies behind ${count} walls: biome.json must name it in exactly one override.`),
    ...(await breachesIn(root, files)).map((breach) => breach.text),
    ...(await plantedProblems()),
  ]
}

/**
 * The breaches that Biome and the reader of imports find in a tree.
 *
 * @param {string} base
 * @param {string[]} files its code files
 */
async function breachesIn(base, files) {
  const walls = wallsOf(JSON.parse(textOf('biome.json')))
  const args = ['lint', '.', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none']
  const { output } = await runTool('biome', args, { cwd: base, output: 'keep' })
  const json = output.split('\n').find((line) => line.startsWith('{'))
  if (json === undefined) throw new Error(output)
  const report = JSON.parse(json)
  if (report.summary.unchanged < files.length)
    throw new Error(`Biome looked at ${report.summary.unchanged} files only.`)
  return [
    ...report.diagnostics
      .filter((/** @type {any} */ { category }) => wallRules.has(category))
      .map((/** @type {any} */ { location, message }) => ({
        path: /** @type {string} */ (location.path),
        text: `${location.path}:${location.start.line} ${message}`,
      })),
    ...files
      .flatMap((path) => breaches(path, textOf(join(base, path)), walls))
      .map(({ path, specifier, message }) => ({ path, text: `${path} names ${specifier}. ${message}` })),
  ]
}

/**
 * Plants what the walls forbid, and what they allow, in a tree of its own, and tells what was not refused or not let be.
 *
 * @returns {Promise<string[]>}
 */
async function plantedProblems() {
  const base = mkdtempSync(join(tmpdir(), 'walls-'))
  try {
    /** @type {Map<string, { refused: boolean, what: string }>} */
    const planted = new Map()
    /** @type {(path: string, code: string, refused: boolean, what: string) => void} */
    const plant = (path, code, refused, what) => {
      mkdirSync(dirname(join(base, path)), { recursive: true })
      writeFileSync(join(base, path), code)
      planted.set(path, { refused, what })
    }

    cpSync(join(root, 'biome.json'), join(base, 'biome.json'))
    for (const { room, ending = '', refused, allowed } of rooms) {
      for (const [form, code] of Object.entries(forms)) {
        for (const to of [...refused, `./x/../${refused[0]}`]) {
          plant(`${room}/refused-${planted.size}${ending}.ts`, code(to), true, `${room} ${form} ${to}`)
        }
        for (const to of allowed)
          plant(`${room}/allowed-${planted.size}${ending}.ts`, code(to), false, `${room} ${form} ${to}`)
      }
      plant(`${room}/there.ts`, "import { b } from './back.js'\nexport const a = () => b\n", true, `${room} in a cycle`)
      plant(`${room}/back.ts`, "import { a } from './there.js'\nexport const b = () => a\n", true, `${room} in a cycle`)
    }

    const found = new Set((await breachesIn(base, [...planted.keys()])).map(({ path }) => path))
    return [...planted]
      .filter(([path, { refused }]) => found.has(path) !== refused)
      .map(([, { refused, what }]) => `The walls ${refused ? 'let through' : 'refuse'} what they should not: ${what}`)
  } finally {
    rmSync(base, { recursive: true })
  }
}
