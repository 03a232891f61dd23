import { TOMBSTONE } from './chain.js'
import { newOp } from './random.js'
import { invalidFields, type SchemaPolicy } from './schema.js'
import type { Visit } from './visit.js'

/**
 * Looks at what the row holds before the handler does. A field that does not fit is absent for this request, or mended; it
 * stays in the row until it is written. Fields that the schema does not know stay, and missing ones are nobody's fault: an
 * older or newer version of the application wrote this row.
 */
export async function applySchema(visit: Visit, { schema, onInvalid }: SchemaPolicy): Promise<void> {
  const { binding, engine, fields } = visit
  if (binding === null) return
  const values = Object.fromEntries(fields.names().map((name) => [name, fields.peek(name)]))
  const invalid = invalidFields(schema, values)
  if (invalid.length === 0) return
  if (typeof onInvalid === 'function') {
    for (const field of invalid) fields.mend(field, onInvalid(field, values[field]))
    visit.arm()
    return
  }
  visit.drop(invalid, 'invalid')
  if (onInvalid === 'drop-field') {
    for (const field of invalid) fields.hide(field)
    return
  }
  const ending = { op: newOp(), reason: 'revoked', until: engine.now() + TOMBSTONE } as const
  await engine.acts.end(binding.row.handle, ending)
  visit.bind(null)
}
