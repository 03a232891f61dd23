import { HoldfastError } from './errors.js'
import type { Awaitable, Ending, Index, Millis, Page, Patch, Row, Store } from './row.js'

/** The store's acts with a deadline each. What fails throws a coded error; what is safe to send again is sent again once. */
export interface Acts {
  readonly store: Store
  get(handle: string, fresh?: boolean): Promise<Row | null>
  create(row: Row): Promise<boolean>
  patch(handle: string, patch: Patch): Promise<number | null>
  end(handle: string, ending: Ending): Promise<Row | 'guarded' | null>
  find(index: Index, cursor: string | null, limit: number): Promise<Page>
  sweep(limit: number): Promise<readonly Row[]>
}

interface Settings {
  readonly store: Store
  /** Milliseconds for one act, its second attempt included. */
  readonly timeout: Millis
  readonly now: () => Millis
  readonly failed: (act: string, error: unknown) => void
}

/** What a deadline throws. It is not an error of the driver: the act may still be carried out. */
const LATE = Symbol('deadline')

/** The acts of a store, each within the deadline. See {@link Acts}. */
export function createActs({ store, timeout, now, failed }: Settings): Acts {
  /**
   * A read that fails is `HOLDFAST_STORE`. A write that fails may have been carried out: one that carries an id, or whose
   * second copy changes nothing, is sent once more in what is left of its time; then it is `HOLDFAST_UNKNOWN_OUTCOME`.
   */
  const run = async <T>(act: string, write: boolean, again: boolean, call: () => Awaitable<T>): Promise<T> => {
    const started = performance.now()
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await within(timeout - (performance.now() - started), call)
      } catch (error) {
        failed(act, error === LATE ? new Error(`no answer within ${timeout} ms`) : error)
        if (error instanceof HoldfastError) throw error
        if (again && attempt === 1 && error !== LATE) continue
        throw failure(store.name, act, write, timeout, error)
      }
    }
  }
  return {
    store,
    get: (handle, fresh) => run('get', false, true, () => store.get(handle, now(), fresh)),
    create: (row) => run('create', true, true, () => store.create(row, now())),
    patch: (handle, patch) => run('patch', true, patch.op !== undefined, () => store.patch(handle, patch, now())),
    end: (handle, ending) => run('end', true, true, () => store.end(handle, ending, now())),
    find: (index, cursor, limit) => run('find', false, true, () => store.find(index, now(), cursor, limit)),
    sweep: (limit) => run('sweep', true, false, () => store.sweep?.(now(), limit) ?? []),
  }
}

/** setTimeout around the promise costs a twentieth of what `AbortSignal.timeout` does; an answer at hand needs neither. */
function within<T>(timeout: Millis, call: () => Awaitable<T>): Awaitable<T> {
  const answer = call()
  if (!isPromiseLike(answer)) return answer
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, Math.max(0, timeout), LATE)
    answer.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

function isPromiseLike<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function failure(store: string, act: string, write: boolean, timeout: Millis, error: unknown): HoldfastError {
  const how = error === LATE ? `did not answer '${act}' within ${timeout} ms` : `failed at '${act}'`
  const options = error === LATE ? {} : { cause: error }
  return write
    ? new HoldfastError(
        'HOLDFAST_UNKNOWN_OUTCOME',
        `the store '${store}' ${how}; it may have been carried out or not. Treat it as not done, and try again.`,
        options,
      )
    : new HoldfastError('HOLDFAST_STORE', `the store '${store}' ${how}. Check that it is up and reachable.`, options)
}
