/**
 * The value below which that part of the values lies, by linear interpolation.
 *
 * @param {readonly number[]} values
 * @param {number} part 0.5 is the median
 */
export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}
