/**
 * Field names as a database can hold them. A name is any JavaScript string, U+0000 and lone surrogates included, which no
 * database keeps as they are. Names are therefore stored as the inside of a JSON string: a common name is unchanged, no
 * two names share one form, and the form is well-formed Unicode without U+0000.
 */

/** The form in which a name is stored. */
export function escapeName(name: string): string {
  return JSON.stringify(name).slice(1, -1)
}

/** The name that {@link escapeName} stored. */
export function unescapeName(stored: string): string {
  return stored.includes('\\') ? JSON.parse(`"${stored}"`) : stored
}
