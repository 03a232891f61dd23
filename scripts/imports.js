/**
 * Reads what files import and holds it against the walls of biome.json. Biome itself checks most of it, and does so in the
 * editor; this reader is here for what it does not see: `import('node:net').Socket` where a type stands, and detours such
 * as `../engine/../stores/x.js`, which an allow-list of patterns lets through.
 *
 * @typedef {{ includes: string[], patterns: string[], message: string }} Wall
 * @typedef {{ path: string, specifier: string, message: string }} Breach
 */

/**
 * The walls: those overrides of a Biome configuration that restrict imports.
 *
 * @param {{ overrides?: any[] }} config
 * @returns {Wall[]}
 */
export function wallsOf(config) {
  return (config.overrides ?? []).flatMap(({ includes, linter }) => {
    const groups = linter?.rules?.style?.noRestrictedImports?.options?.patterns ?? []
    return groups.map((/** @type {any} */ { group, message }) => ({ includes, patterns: group, message }))
  })
}

// In this order: a comment; a template; an import of any form, with its specifier; any other string. Strings end with their
// line, so that a quote inside a regular expression cannot hide the lines that follow.
const token =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`(?:\\[\s\S]|[^\\`])*`|\b(?:from|import|require|getBuiltinModule)\s*(?:\??\.?\(\s*)?(['"])([^'"\n]*)\1|(['"])(?:\\.|(?!\3)[^\\\n])*\3/g

/**
 * Every specifier that a source names, in the order of their appearance: imports of values, types and side effects,
 * re-exports, `import()` wherever it stands, `require` and `process.getBuiltinModule`.
 *
 * @param {string} source
 * @returns {string[]}
 */
export function specifiersOf(source) {
  return [...source.matchAll(token)].flatMap((found) => found[2] ?? [])
}

/**
 * Whether a path lies behind a wall.
 *
 * @param {Wall} wall
 * @param {string} path
 */
export function isBehind(wall, path) {
  return lastVerdict(wall.includes, path)
}

/**
 * What is wrong with the imports of one file.
 *
 * @param {string} path
 * @param {string} source
 * @param {Wall[]} walls
 * @returns {Breach[]}
 */
export function breaches(path, source, walls) {
  const around = walls.filter((wall) => isBehind(wall, path))
  return specifiersOf(source).flatMap((specifier) => {
    if (isDetour(specifier)) return { path, specifier, message: 'A detour: name the file by its shortest path.' }
    const refusing = around.find((wall) => lastVerdict(wall.patterns, specifier))
    return refusing ? { path, specifier, message: refusing.message } : []
  })
}

/**
 * A relative specifier that goes down and up again, or says `.` or nothing on its way.
 *
 * @param {string} specifier
 */
function isDetour(specifier) {
  if (!specifier.startsWith('.')) return false
  const [first, ...rest] = specifier.split('/')
  const down = rest.findIndex((step) => step !== '..')
  const detouring = first === '.' ? rest : rest.slice(down === -1 ? rest.length : down)
  return detouring.some((step) => step === '' || step === '.' || step === '..')
}

/**
 * The patterns are read as in a .gitignore: of those that match, the last one decides, and `!` takes back.
 *
 * @param {string[]} patterns
 * @param {string} text
 */
function lastVerdict(patterns, text) {
  const last = patterns.findLast((pattern) => globOf(pattern.replace(/^!/, '')).test(text))
  return last !== undefined && !last.startsWith('!')
}

/**
 * `**` is anything, `*` anything but a slash, `{a,b}` one of the two.
 *
 * @param {string} glob
 */
function globOf(glob) {
  const source = glob
    .replace(/[.+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}]*)\}/g, (_, names) => `(?:${names.replaceAll(',', '|')})`)
    .replace(/(\*\*\/)|(\*\*)|\*/g, (_, folders, all) => (folders ? '(?:.*/)?' : all ? '.*' : '[^/]*'))
  return new RegExp(`^${source}$`)
}
