import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The program, or why it cannot be had. */
export type Nginx = { readonly path: string } | { readonly missing: string }

const PLACES = [
  '/usr/sbin/nginx',
  '/usr/local/sbin/nginx',
  '/usr/bin/nginx',
  '/usr/local/bin/nginx',
  '/opt/homebrew/bin/nginx',
]

/** A mirror that does not answer once may answer the next time. */
const TRIES = 3

/** While this says no, no package starts a service (the policy of Debian's invoke-rc.d). */
const SERVICES = '/usr/sbin/policy-rc.d'

/** The nginx of this machine; where there is none, on Debian and as root, the one of Debian. */
export async function findNginx(): Promise<Nginx> {
  const found = PLACES.find((place) => existsSync(place))
  if (found !== undefined) return { path: found }
  let problem = 'it is not installed, and it can only be installed here as root on Debian'
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) problem = await install()
  const path = PLACES.find((place) => existsSync(place))
  if (path !== undefined) return { path }
  const missing = `nginx cannot be had: ${problem}.`
  console.warn(`\nSKIPPED, UNLESS HOLDFAST_REQUIRE=all: ${missing}\n`)
  return { missing }
}

/** Answers what went wrong the last time. */
async function install(): Promise<string> {
  const ours = !existsSync(SERVICES)
  if (ours) await writeFile(SERVICES, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  let problem = ''
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    for (let tried = 0; tried < TRIES; tried++) {
      try {
        await run('apt-get', ['install', '-y', '--no-install-recommends', 'nginx-light'], { env })
        return ''
      } catch (error) {
        problem = String(error)
        // The list of packages may be missing, or too old for the mirror.
        await run('apt-get', ['update'], { env }).catch((failure) => {
          problem = String(failure)
        })
      }
    }
    return problem
  } finally {
    if (ours) await rm(SERVICES, { force: true })
  }
}
