import type { Callback, ConnectStore } from './contract.js'

/**
 * Has a store act, and calls back as it does. A store that takes no callback and returns a promise is accepted too; where
 * it does declare one, only the promise's rejection counts: such a function is often `async` and calls back later.
 *
 * What the store throws at once is thrown. Methods are looked up here and now: stores are patched while they run.
 */
export function ask<T>(
  store: ConnectStore,
  name: 'get' | 'set' | 'destroy' | 'touch',
  args: readonly unknown[],
  callback: Callback<T>,
): void {
  const act = store[name] as (...args: readonly unknown[]) => unknown
  let answered = false
  const answer: Callback<T> = (error, value) => {
    answered = true
    callback(error, value)
  }
  const returned = act.call(store, ...args, answer)
  if (!isThenable(returned)) return
  returned.then(
    (value) => {
      if (!answered && act.length <= args.length) callback(null, value as T)
    },
    (error: unknown) => {
      // It was thrown by what the store called back: nobody here may swallow it.
      if (answered) throw error
      callback(error ?? new Error(`the store rejected ${name} without a reason`))
    },
  )
}

/** Whether one has to wait for a value. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
