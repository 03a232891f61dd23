/**
 * What `.ci/run` checks besides the tests. Each check is named after the promise that it keeps, and answers what breaks it:
 * nothing, if the promise holds.
 *
 * @typedef {{ promise: string, problems: () => Promise<string[]> | string[] }} Check
 */
import { createRequire } from 'node:module'
import { conformanceProblems, readConformance } from './conformance.js'
import { readmeProblems, shopProblems } from './live.js'
import { root, runTool, sourceFiles, textOf } from './steps.js'
import { wallProblems } from './walls.js'

/** A file of a package that is longer than this holds more than one idea. */
const LONGEST_SOURCE = 350

const isSource = /^packages\/[^/]+\/src\/.*\.ts$/
const isBinary = /\.(?:png|jpg|ico|woff2)$/

/** @type {Check[]} */
export const checks = [
  {
    promise: 'Every file has the one form, and no known slip',
    problems: () => complaints('biome', ['ci', '.', '--error-on-warnings', '--colors=off']),
  },
  { promise: 'Every type fits: packages, examples, tests and scripts', problems: () => complaints('tsc', ['-b']) },
  { promise: 'Every room imports only what its wall allows', problems: wallProblems },
  { promise: 'Every file, export and dependency is used', problems: () => complaints('knip', ['--no-progress']) },
  { promise: 'Every export of a package says what it is', problems: undocumentedExports },
  { promise: `No source is longer than ${LONGEST_SOURCE} lines`, problems: longSources },
  { promise: 'Every entry point loads by import and by require', problems: unloadableEntryPoints },
  { promise: 'The package that would be published holds together', problems: () => publint() },
  { promise: 'Types are found by whoever imports the package', problems: () => attw() },
  { promise: 'The lock names no registry', problems: registriesInLock },
  { promise: 'No file speaks of the machine that it was written on', problems: foreignWords },
  { promise: 'Every claimed security requirement is shown by a test', problems: conformance },
  { promise: 'npm start serves the shop, and Ctrl-C ends it', problems: shopProblems },
  { promise: "The README's first block runs as pasted", problems: readmeProblems },
]

/**
 * Runs a tool whose exit status says whether all is well.
 *
 * @param {Parameters<typeof runTool>[0]} tool
 * @param {string[]} args
 */
async function complaints(tool, args) {
  const { status, output } = await runTool(tool, args, { output: 'keep' })
  return status === 0 ? [] : [output.trim()]
}

const publint = () => complaints('publint', ['run', 'packages/holdfast', '--strict'])
const attw = () => complaints('attw', ['--pack', 'packages/holdfast', '--profile', 'esm-only', '--no-color'])

/** An export needs a docstring right above it, or above the lines of exports that it stands among. */
function undocumentedExports() {
  const declares = /^export (?:abstract |async |declare )*(?:function|const|class|interface|type|let) (\w+)/
  return packageSources().flatMap((path) => {
    const lines = textOf(path).split('\n')
    return lines.flatMap((line, index) => {
      const name = declares.exec(line)?.[1]
      const above = lines.slice(0, index).findLast((before) => !declares.test(before)) ?? ''
      return name === undefined || above.endsWith('*/') ? [] : `${path}:${index + 1} ${name} has no docstring.`
    })
  })
}

function longSources() {
  return packageSources()
    .map((path) => ({ path, lines: textOf(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > LONGEST_SOURCE)
    .map(({ path, lines }) => `${path} has ${lines} lines.`)
}

/** A package whose graph holds a top-level await cannot be required; one that is incomplete cannot be imported either. */
async function unloadableEntryPoints() {
  const require = createRequire(import.meta.url)
  /** @type {string[]} */
  const problems = []
  for (const entry of Object.keys(JSON.parse(textOf('packages/holdfast/package.json')).exports)) {
    const specifier = `holdfast${entry.slice(1)}`
    if (entry.endsWith('.json')) continue
    try {
      require(specifier)
      await import(specifier)
    } catch (error) {
      problems.push(`${specifier}: ${error}`)
    }
  }
  return problems
}

function registriesInLock() {
  const { packages } = JSON.parse(textOf('package-lock.json'))
  return Object.entries(packages)
    .filter(([, { resolved }]) => /^[a-z+]+:/.test(resolved ?? ''))
    .map(
      ([path, { resolved }]) => `${path} is resolved to ${resolved}. Run npm install with the .npmrc of this folder.`,
    )
}

/** Where this tree lies, and where trees lie on most machines. */
function foreignWords() {
  const places = /(?<![\w.~:/])\/(?:home|root|Users|work|workspace)\/[\w.-]+|\bissue \d+\b|C:\\Users/g
  return sourceFiles()
    .filter((path) => !isBinary.test(path))
    .flatMap((path) => {
      const text = textOf(path)
      const own = text.includes(root) ? [root] : []
      return [...own, ...(text.match(places) ?? [])].map((word) => `${path} names ${word}`)
    })
}

function conformance() {
  const { requirements, claimed, shown } = readConformance()
  return conformanceProblems(requirements, claimed, shown)
}

/** The sources of the packages. A check that would look at none of them fails. */
function packageSources() {
  const found = sourceFiles().filter((path) => isSource.test(path))
  if (found.length === 0) throw new Error('There is no source to look at.')
  return found
}
