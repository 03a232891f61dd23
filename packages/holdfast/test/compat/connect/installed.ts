import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A package that a test needs; where it is not there, the test is skipped by the reason. */
export function installed<T>(name: string): { readonly module: T } | { readonly missing: string } {
  try {
    return { module: require(name) as T }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error
    return { missing: `the package ${name} is not installed` }
  }
}
