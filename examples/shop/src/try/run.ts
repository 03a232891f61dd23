import type { Request } from 'express'

/** One press of a button: names what belongs together. Made by the page; `null` where a request names none. */
export function runOf(req: Request): string | null {
  const { run } = req.query
  return typeof run === 'string' && /^[0-9a-f]{16}$/.test(run) ? run : null
}
