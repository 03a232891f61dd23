import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** What the compiler said of a few files. */
export interface Compiled {
  /** All of it; empty where it found nothing. */
  readonly output: string
  /** Of one file. */
  of(file: string): string
  /** Of files that were not given, such as the package's own declarations. */
  readonly elsewhere: string
}

const OPTIONS = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
}

/** Compiles files of somebody who has installed the package as it was built. */
export async function compile(files: Readonly<Record<string, string>>): Promise<Compiled> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-types-'))
  try {
    await mkdir(join(folder, 'node_modules/@types'), { recursive: true })
    await symlink(join(root, 'packages/holdfast'), join(folder, 'node_modules/holdfast'), 'junction')
    await symlink(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'junction')
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: OPTIONS, files: Object.keys(files) }),
    )
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return said(await tsc(folder), Object.keys(files))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function tsc(folder: string): Promise<string> {
  const program = join(root, 'node_modules/typescript/bin/tsc')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, '--project', folder, '--pretty', 'false'],
      { cwd: folder },
      (error, stdout, stderr) => {
        const output = stdout + stderr
        resolve(output === '' && error !== null ? String(error) : output)
      },
    )
  })
}

/** An error begins with its file, and its further lines are indented. */
function said(output: string, files: readonly string[]): Compiled {
  const errors = output.split(/\n(?! )/).filter((error) => error !== '')
  const fileOf = (error: string): string | undefined => files.find((file) => error.startsWith(`${file}(`))
  return {
    output,
    of: (file) => errors.filter((error) => fileOf(error) === file).join('\n'),
    elsewhere: errors.filter((error) => fileOf(error) === undefined).join('\n'),
  }
}
