import type { DataGuard } from './data.js'
import { HoldfastError } from './errors.js'
import type { Fields } from './fields.js'

/** What the guard asks of the request. */
interface Holder {
  readonly fields: Fields
  readonly binding: object | null
  look(): void
  arm(): void
  mayGive(what: string): void
}

/** Stands before the fields that a request held when `data` was taken: once they are another row's, nothing passes. */
export class FieldsGuard implements DataGuard {
  readonly #visit: Holder
  readonly #fields: Fields

  constructor(visit: Holder, fields: Fields) {
    this.#visit = visit
    this.#fields = fields
  }

  look(): void {
    if (this.#visit.fields !== this.#fields) {
      throw new HoldfastError(
        'HOLDFAST_STALE_DATA',
        'this data belongs to a session that signIn, stepUp or signOut has ended. Take session.data again.',
      )
    }
    this.#visit.look()
  }

  lend(): void {
    this.#visit.arm()
  }

  change(): void {
    this.look()
    if (this.#visit.binding === null) this.#visit.mayGive('the first write of a visitor')
    this.#visit.arm()
  }
}
