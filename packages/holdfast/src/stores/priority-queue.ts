/** An item in a {@link PriorityQueue}, and where it stands there. */
export interface Queued<T> {
  readonly item: T
  /** Smaller leaves sooner. Changed by {@link PriorityQueue.move} alone. */
  at: number
  /** Index in the heap. The queue's own. */
  position: number
}

/**
 * A binary heap of which any item can be moved or removed: O(log n) each, the first one O(1).
 *
 * A caller whose keys mostly grow may leave an item where it is and move it only when it comes first: then what grows the
 * key costs nothing, and the move is paid for once for all of it.
 */
export class PriorityQueue<T> {
  readonly #heap: Queued<T>[] = []

  get size(): number {
    return this.#heap.length
  }

  first(): Queued<T> | undefined {
    return this.#heap[0]
  }

  add(item: T, at: number): Queued<T> {
    const queued = { item, at, position: this.#heap.length }
    this.#heap.push(queued)
    this.#rise(queued)
    return queued
  }

  move(queued: Queued<T>, at: number): void {
    const later = at > queued.at
    queued.at = at
    if (later) this.#sink(queued)
    else this.#rise(queued)
  }

  remove(queued: Queued<T>): void {
    const last = this.#heap.pop()
    if (last === undefined || last === queued) return
    this.#put(last, queued.position)
    this.#rise(last)
    this.#sink(last)
  }

  #put(queued: Queued<T>, position: number): void {
    this.#heap[position] = queued
    queued.position = position
  }

  #rise(queued: Queued<T>): void {
    let { position } = queued
    while (position > 0) {
      const above = (position - 1) >> 1
      const parent = this.#heap[above]
      if (parent === undefined || parent.at <= queued.at) break
      this.#put(parent, position)
      position = above
    }
    this.#put(queued, position)
  }

  #sink(queued: Queued<T>): void {
    let { position } = queued
    for (;;) {
      let below = 2 * position + 1
      let child = this.#heap[below]
      if (child === undefined) break
      const right = this.#heap[below + 1]
      if (right !== undefined && right.at < child.at) {
        child = right
        below += 1
      }
      if (child.at >= queued.at) break
      this.#put(child, position)
      position = below
    }
    this.#put(queued, position)
  }
}
