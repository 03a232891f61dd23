import type { JsonData } from './json-data.js'

/**
 * For whoever wants the type of the data known everywhere without naming it:
 *
 * ```ts
 * declare module 'holdfast' { interface Register { data: { cart: string[] } } }
 * ```
 */
/* biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged into */
export interface Register {}

/**
 * The registered data; any field of any JSON where nothing was registered. What JSON cannot hold has the remedy for its type,
 * so that the compiler prints it where the field is used.
 */
export type RegisteredData = Register extends { data: infer Data extends object }
  ? [Data] extends [JsonData<Data>]
    ? Data
    : JsonData<Data>
  : Record<string, unknown>
