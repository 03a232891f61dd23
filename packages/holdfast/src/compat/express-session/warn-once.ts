/** Emits a warning of the process, once for each code. `--no-warnings` silences it. */
export function warnOnce(code: string, message: string): void {
  if (said.has(code)) return
  said.add(code)
  process.emitWarning(`holdfast: ${message}`, { code })
}

const said = new Set<string>()
