/**
 * Says that a way of use is out of date, as express-session does: a line on stderr for each place it is called from, or
 * the event `deprecation` of the process where somebody listens. `NO_DEPRECATION=express-session` (a list, `*` for all)
 * and `--no-deprecation` silence the line, not the event.
 */
export function deprecate(message: string): void {
  // 'deprecation' is an event of a convention, unknown to Node's own types.
  const events: NodeJS.EventEmitter = process
  const hasListeners = events.listenerCount('deprecation') > 0
  if (!hasListeners && isSilenced()) return
  const site = callSite()
  const once = `${message} at ${site}`
  if (said.has(once)) return
  said.add(once)
  if (hasListeners) {
    events.emit('deprecation', Object.assign(new Error(message), { name: 'DeprecationError', namespace: NAMESPACE }))
    return
  }
  process.stderr.write(`${new Date().toUTCString()} ${NAMESPACE} deprecated ${once}\n`)
}

const NAMESPACE = 'express-session'

const said = new Set<string>()

function isSilenced(): boolean {
  if (process.noDeprecation === true) return true
  return (process.env.NO_DEPRECATION ?? '')
    .split(/[ ,]+/)
    .some((name) => name === '*' || name.toLowerCase() === NAMESPACE)
}

const HERE = import.meta.url.slice(0, import.meta.url.lastIndexOf('/') + 1).replace('file://', '')

/** The first place outside of this folder, as `file:line:column`. */
function callSite(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  const frame = frames.find((line) => !line.includes(HERE)) ?? ''
  return /\(?([^\s()]+:\d+:\d+)\)?$/.exec(frame)?.[1] ?? '<unknown>'
}
