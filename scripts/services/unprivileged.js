import { readFileSync } from 'node:fs'

/**
 * As whom a server runs that refuses to run as root.
 *
 * @returns {{ uid: number, gid: number } | null} `postgres`, or else `nobody`; `null` where we are not root
 */
export function unprivileged() {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(users) ?? /^nobody:[^:]*:(\d+):(\d+):/m.exec(users) ?? []
  if (uid === undefined || gid === undefined) throw new Error('We are root, and there is no nobody to run it as.')
  return { uid: Number(uid), gid: Number(gid) }
}
