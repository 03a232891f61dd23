/**
 * `NODE_DEBUG=holdfast` prints, for each request, the verdict, the plan, and why a cookie was or was not sent. Handles are
 * printed, which are not secret; nothing that signs anyone in is.
 */
export function traceOf(environment: string | undefined): ((line: string) => void) | null {
  const asked = (environment ?? '').split(',').some((name) => name.trim().toLowerCase() === 'holdfast')
  return asked ? (line) => console.error(`HOLDFAST ${line}`) : null
}
