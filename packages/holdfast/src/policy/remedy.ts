declare const remedy: unique symbol

/**
 * The type of what is not an option. Nothing can be assigned to it, and the compiler's message shows what to do
 * instead.
 */
export interface Remedy<Text extends string> {
  readonly [remedy]: Text
}
