/** Throws where a law does not hold. Plainer and faster than an assertion library, in tests that judge by the hundred thousand. */
export function law(holds: boolean, broken: string): asserts holds {
  if (!holds) throw new Error(broken)
}

/** Throws where two values are not the same. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  law(is === should, `${what}: ${is} instead of ${should}`)
}
