/** Values by name, for the names that were set last: what is kept in memory on the word of strangers must not grow. */
export class Latest<Value> {
  readonly #values = new Map<string, Value>()
  readonly #most: number

  /** @param most So many names are remembered. */
  constructor(most = 1_000) {
    this.#most = most
  }

  get(name: string): Value | undefined {
    return this.#values.get(name)
  }

  /** The name that was set longest ago makes room. */
  set(name: string, value: Value): void {
    this.#values.delete(name)
    this.#values.set(name, value)
    const [oldest] = this.#values.keys()
    if (this.#values.size > this.#most && oldest !== undefined) this.#values.delete(oldest)
  }
}
