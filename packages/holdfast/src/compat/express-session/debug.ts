import { format } from 'node:util'

/** Writes a line to stderr where `DEBUG` names `express-session`, by itself or by a pattern such as `express*`. */
export function debug(message: string, ...args: readonly unknown[]): void {
  if (IS_ON) process.stderr.write(`${new Date().toISOString()} ${NAMESPACE} ${format(message, ...args)}\n`)
}

const NAMESPACE = 'express-session'

const IS_ON = isNamed(process.env.DEBUG ?? '')

function isNamed(list: string): boolean {
  const patterns = list.split(/[\s,]+/).filter((pattern) => pattern !== '')
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(NAMESPACE)
  const refused = patterns.some((pattern) => pattern.startsWith('-') && matches(pattern.slice(1)))
  return !refused && patterns.some(matches)
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
