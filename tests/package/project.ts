import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { npm, root, run, unpack } from './programs.js'

/** The package as `npm publish` would send it. */
export interface Packed {
  readonly tarball: string
  /** The paths in it. */
  readonly files: readonly string[]
}

/** A folder for one test file, removed by `remove`. */
export interface Workbench {
  readonly folder: string
  remove(): Promise<void>
}

/** A project of somebody who has installed the package. */
export interface Project {
  readonly folder: string
  write(files: Readonly<Record<string, string>>): Promise<void>
  /** Makes a package of the workspace, which has those that it depends on beside it, a package of the project. */
  borrow(...names: string[]): Promise<void>
  /** Makes a package that was fetched alone one of the project; what it depends on must be borrowed. */
  copy(folder: string, name: string): Promise<void>
}

/** An empty folder outside the workspace, so that nothing is found by walking up from it. */
export async function workbench(): Promise<Workbench> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-package-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Builds, which is quick where all is built, and packs. */
export async function pack(into: string): Promise<Packed> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const built = await run(process.execPath, [tsc, '-b', 'packages/holdfast', '--pretty', 'false'], root)
  if (built.status !== 0) throw new Error(`The package does not compile:\n${built.stdout}`)
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', into]
  const [packed] = JSON.parse(await npm(args, join(root, 'packages/holdfast')))
  return {
    tarball: join(into, packed.filename),
    files: packed.files.map((file: { readonly path: string }) => file.path),
  }
}

/** A project with the package from the tarball, and with no other. Nothing is fetched. */
export async function install(packed: Packed, folder: string): Promise<Project> {
  await unpack(packed.tarball, join(folder, 'node_modules/holdfast'))
  return {
    folder,
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), text)
      }
    },
    async borrow(...names) {
      for (const name of names) {
        const place = join(folder, 'node_modules', name)
        await mkdir(dirname(place), { recursive: true })
        await symlink(join(root, 'node_modules', name), place, 'junction')
      }
    },
    copy: (from, name) => cp(from, join(folder, 'node_modules', name), { recursive: true }),
  }
}
