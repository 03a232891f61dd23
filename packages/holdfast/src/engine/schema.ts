import { HoldfastError } from './errors.js'

/** What zod, valibot, arktype and others share (Standard Schema, version 1), as far as it is used here. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }

/** What is done with a field that no longer fits the schema. */
export type OnInvalid = 'drop-field' | 'end' | ((field: string, value: unknown) => unknown)

/** A schema, and what is done with what does not fit it. */
export interface SchemaPolicy {
  readonly schema: StandardSchema<unknown>
  readonly onInvalid: OnInvalid
}

/** The fields among `values` that a schema objects to, by the first step of each issue's path. */
export function invalidFields(schema: StandardSchema<unknown>, values: Readonly<Record<string, unknown>>): string[] {
  const result = schema['~standard'].validate(values)
  if (result instanceof Promise) {
    throw new HoldfastError('HOLDFAST_CONFIG', 'the schema validates asynchronously. Give one that answers at once.')
  }
  const invalid = new Set<string>()
  for (const issue of result.issues ?? []) {
    const step = issue.path?.[0]
    const name = typeof step === 'object' ? step.key : step
    if (typeof name === 'string' && Object.hasOwn(values, name)) invalid.add(name)
  }
  return [...invalid]
}
