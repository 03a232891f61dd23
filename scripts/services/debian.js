/** What Debian's packages give: installed where we are root, or unpacked into a folder of their own where they are newer. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cached } from './cache.js'
import { isOurs, withoutServices } from './no-services.js'
import { oneAtATime } from './one-at-a-time.js'
import { tries } from './tries.js'

const run = promisify(execFile)

/** While this says no, no package starts a service (the policy of Debian's invoke-rc.d). */
const SERVICES = '/usr/sbin/policy-rc.d'

/** What packages need to be set up on a machine, and a program that runs from a folder does not. */
const NOT_NEEDED = /^(?:adduser|debconf|init-system-helpers|logrotate|lsb-base|perl.*|procps|sysvinit-utils|ucf)$/

/** Somebody else may be installing something. In seconds. */
const WAIT = ['-o', 'DPkg::Lock::Timeout=300']

const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }

/** How much apt may say, in bytes. */
const maxBuffer = 64 * 1024 * 1024

/**
 * Installs a package, without what it recommends, and starts none of its services.
 *
 * @param {string} name
 * @param {() => boolean} isThere asked when our turn comes: another process may have installed it meanwhile
 * @returns {Promise<string | null>} what went wrong; `null` if the package is installed
 */
export async function installPackage(name, isThere) {
  if (process.getuid?.() !== 0 || !isDebian()) {
    return 'it is not installed, and it can only be installed here as root on Debian'
  }
  return oneAtATime(async () => {
    if (isThere()) return null
    return withoutServices(SERVICES, () =>
      tries(
        () => run('apt-get', [...WAIT, 'install', '-y', '--no-install-recommends', name], { env, maxBuffer }),
        // The list of packages may be missing, or too old for the mirror.
        () => run('apt-get', ['update'], { env, maxBuffer }),
      ),
    )
  })
}

/**
 * Takes away what an installation of ours that was killed has left behind, which would keep the services of other packages
 * from starting. Waits for one that is under way.
 */
export async function clearLeftover() {
  if (process.getuid?.() !== 0 || !(await isOurs(SERVICES))) return
  await oneAtATime(() => withoutServices(SERVICES, async () => undefined))
}

/**
 * Unpacks a package of another suite of Debian, with all that it depends on, into a folder of the cache. Nothing is
 * installed, and nobody has to be root: apt works on lists and a state of its own, in which no package is installed.
 *
 * @param {string} name
 * @param {string} suite such as `sid`
 * @returns {Promise<{ folder: string } | { problem: string }>}
 */
export async function unpackPackage(name, suite) {
  if (!isDebian()) return { problem: 'it is not installed, and this is not Debian' }
  return cached(`${name}-${suite}`, async (work) => {
    const own = { env: { ...env, APT_CONFIG: await aptConfiguration(work, suite) }, maxBuffer }
    await run('apt-get', ['update'], own)
    const { stdout } = await run('apt-get', ['install', '--simulate', name], own)
    const needed = [...stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, one = '']) => (NOT_NEEDED.test(one) ? [] : one))
    const debs = join(work, 'debs')
    await mkdir(debs)
    await run('apt-get', ['download', ...needed], { ...own, cwd: debs })
    const unpacked = join(work, 'unpacked')
    await mkdir(unpacked)
    for (const deb of await readdir(debs)) await run('dpkg-deb', ['--extract', join(debs, deb), unpacked])
    return unpacked
  })
}

function isDebian() {
  return existsSync('/etc/debian_version')
}

/**
 * A configuration of apt that knows one suite, of the mirror that the machine itself uses, and no installed package.
 *
 * @param {string} work
 * @param {string} suite
 * @returns {Promise<string>} its file
 */
async function aptConfiguration(work, suite) {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'])
  const mirror = stdout.split('\n').find((uri) => uri.endsWith('/debian/'))
  if (mirror === undefined) throw new Error('apt-get knows no mirror of Debian')
  const [file, status, sources, parts] = [
    join(work, 'conf'),
    join(work, 'status'),
    join(work, 'list'),
    join(work, 'parts'),
  ]
  await mkdir(parts)
  for (const folder of ['state/lists', 'cache/archives'])
    await mkdir(join(work, folder, 'partial'), { recursive: true })
  await writeFile(status, '')
  const signed = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg'
  await writeFile(sources, `deb [${signed}] ${mirror} ${suite} main\n`)
  const settings = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': parts,
    'Dir::Etc::PreferencesParts': parts,
    'Dir::State': join(work, 'state'),
    'Dir::State::status': status,
    'Dir::Cache': join(work, 'cache'),
    'APT::Install-Recommends': 'false',
    // The user to whom apt hands its downloads cannot enter a folder that is ours alone.
    'APT::Sandbox::User': '',
  }
  await writeFile(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  )
  return file
}
