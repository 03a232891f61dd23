const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** How long ago that was, or in how long it will be: `5 minutes ago`, `in 11 hours`; less than a minute is `just now`. */
export function ago(then: number, now: number): string {
  for (const [unit, size] of units) {
    const count = (then - now) / size
    if (Math.abs(count) >= 1) return format.format(Math.round(count), unit)
  }
  return 'just now'
}
