/**
 * Items in the order in which they came, each under a number, with a way to go on after any number: also after that of an
 * item which has left meanwhile. This is what a cursor needs. Adding costs O(1), leaving and going on O(log n).
 */
export class Sequence<T> {
  #items: (T | undefined)[] = []
  #numbers: number[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** `number` must be larger than every one before it. */
  add(number: number, item: T): void {
    this.#items.push(item)
    this.#numbers.push(number)
    this.#size += 1
  }

  remove(number: number): void {
    const position = this.#after(number - 1)
    if (this.#numbers[position] !== number || this.#items[position] === undefined) return
    this.#items[position] = undefined
    this.#size -= 1
    // An item that left leaves a hole. Closing them when they are half of the list makes it O(1) for each that left.
    if (this.#items.length > 16 && this.#size < this.#items.length / 2) this.#close()
  }

  /** The items whose number is larger than this one, in order. */
  *after(number: number): Generator<T, void, undefined> {
    for (let position = this.#after(number); position < this.#items.length; position += 1) {
      const item = this.#items[position]
      if (item !== undefined) yield item
    }
  }

  /** The position of the first number that is larger: a binary search. */
  #after(number: number): number {
    let low = 0
    let high = this.#numbers.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#numbers[middle] ?? Number.POSITIVE_INFINITY) <= number) low = middle + 1
      else high = middle
    }
    return low
  }

  #close(): void {
    const numbers = this.#numbers
    this.#numbers = numbers.filter((_, position) => this.#items[position] !== undefined)
    this.#items = this.#items.filter((item) => item !== undefined)
  }
}
