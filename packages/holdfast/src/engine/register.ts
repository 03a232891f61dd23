/**
 * For whoever wants the type of the data known everywhere without naming it:
 *
 * ```ts
 * declare module 'holdfast' { interface Register { data: { cart: string[] } } }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged into
export interface Register {}

/** The registered data; any field of any JSON where nothing was registered. */
export type RegisteredData = Register extends { data: infer Data extends object } ? Data : Record<string, unknown>
