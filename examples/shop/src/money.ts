const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })

/** Cents as people write them: `€9.50`. */
export function money(cents: number): string {
  return euros.format(cents / 100)
}
