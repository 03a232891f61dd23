/** How many characters name a write: the same for all, so that they can stand side by side in one text. */
export const OP_WIDTH = 16

/** Throws where an `op` is not as wide as the contract says: it could not be found again. */
export function checkedOp(op: string): string {
  if (op.length === OP_WIDTH) return op
  throw new TypeError(`an op has ${OP_WIDTH} characters, this one ${op.length}`)
}

/** The ops of a text in which they stand side by side. */
export function opsOf(text: string): readonly string[] {
  const ops: string[] = []
  for (let start = 0; start < text.length; start += OP_WIDTH) ops.push(text.slice(start, start + OP_WIDTH))
  return ops
}
