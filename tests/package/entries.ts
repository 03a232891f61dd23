import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './programs.js'

const { exports } = JSON.parse(readFileSync(join(root, 'packages/holdfast/package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
}

/** What can be imported from the package, each with the files that it stands for. */
export const entries: readonly { readonly specifier: string; readonly files: readonly string[] }[] = Object.entries(
  exports,
).map(([path, target]) => ({
  specifier: `holdfast${path.slice(1)}`,
  files: (typeof target === 'string' ? [target] : [target.types, target.default]).map((file) => file.slice(2)),
}))

/** All but the package.json. */
export const modules: readonly string[] = entries
  .map(({ specifier }) => specifier)
  .filter((specifier) => !specifier.endsWith('.json'))
