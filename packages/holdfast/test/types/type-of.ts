type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : ['the type of the value is another one']

/** For the compiler alone: `typeOf(value).is<string>()` compiles only where the value's type is exactly that, and not `any`. */
export declare function typeOf<Actual>(value: Actual): { is<Expected>(...same: Same<Actual, Expected>): void }
