const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const delimiters = /[\t\u0020-\u002f\u003b-\u0040\u005b-\u0060\u007b-\u007e]+/

/** Reads the date of an `Expires` attribute (RFC 6265 section 5.1.1). Epoch milliseconds; `null` for what is no date. */
export function parseCookieDate(text: string): number | null {
  let time: RegExpExecArray | null = null
  let day: number | null = null
  let month: number | null = null
  let year: number | null = null
  for (const token of text.split(delimiters)) {
    time ??= /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token)
    if (time?.input === token) continue
    if (day === null && /^\d{1,2}(?:\D|$)/.test(token)) day = Number.parseInt(token, 10)
    else if (month === null && months.includes(token.slice(0, 3).toLowerCase())) {
      month = months.indexOf(token.slice(0, 3).toLowerCase())
    } else if (year === null && /^\d{2,4}(?:\D|$)/.test(token)) year = fullYear(Number.parseInt(token, 10))
  }
  if (time === null || day === null || month === null || year === null || year < 1601) return null
  const [hours, minutes, seconds] = [Number(time[1]), Number(time[2]), Number(time[3])]
  if (hours > 23 || minutes > 59 || seconds > 59 || day < 1 || day > 31) return null
  const date = new Date(Date.UTC(year, month, day, hours, minutes, seconds))
  return date.getUTCDate() === day ? date.getTime() : null
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return 1900 + year
  return year <= 69 ? 2000 + year : year
}
