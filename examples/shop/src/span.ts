const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** A stretch of time in its two largest units: `11 hours 59 minutes`; never less than `0 seconds`. */
export function span(milliseconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, milliseconds)
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
    // Not `1 day 5 seconds`: the second unit is the one below the first, or is left out.
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ')
}
