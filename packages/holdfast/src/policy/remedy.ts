declare const remedy: unique symbol

/**
 * The type of what cannot be given. Nothing can be assigned to it, and the compiler's message shows what to do instead.
 * Beside `string` in a union it is still shown, which a mere text would not be.
 */
export type Remedy<Text extends string> = Text & { readonly [remedy]: never }
