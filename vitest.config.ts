import { defineConfig } from 'vitest/config'

// Tests run on the sources: the condition comes first, the other three are the defaults that it would replace.
const ssr = { resolve: { conditions: ['holdfast-source', 'module', 'node', 'development|production'] } }

export default defineConfig({
  ssr,
  test: {
    maxWorkers: 2,
    // No test depends on speed: these only end what hangs, on the slowest machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/vitest.json' },
  },
})
