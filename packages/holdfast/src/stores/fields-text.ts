/** The fields of a row as one JSON text, for databases that keep them in one column. */
import type { Patch } from '../engine/row.js'
import { escapeName, unescapeName } from './field-name.js'

/** Field names and texts as a JSON object; `null` stands for a field that is absent. */
export function fieldsText(fields: ReadonlyMap<string, string | null>): string {
  const object: Record<string, string | null> = Object.create(null)
  for (const [name, text] of fields) object[escapeName(name)] = text
  return JSON.stringify(object)
}

/** What a patch does to the fields: those to write, and `null` for those to remove. `null` where it does nothing to them. */
export function changesText({ set, unset }: Patch): string | null {
  if (set === undefined && unset === undefined) return null
  const changes = new Map<string, string | null>()
  for (const name of unset ?? []) changes.set(name, null)
  for (const [name, text] of set ?? []) changes.set(name, text)
  return fieldsText(changes)
}

/** The fields of a text that {@link fieldsText} made. */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  const object: Record<string, string> = JSON.parse(text)
  const fields = new Map<string, string>()
  for (const [name, value] of Object.entries(object)) fields.set(unescapeName(name), value)
  return fields
}
