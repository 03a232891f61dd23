import type { Callback } from './contract.js'

/**
 * Acts with a callback, or, where there is none, answers with a promise. Nobody has to look at that promise: a rejection
 * that nobody waits for ends no process, as an error that nobody asked for did not before.
 */
export function promised<T = undefined>(
  callback: Callback<T> | undefined,
  act: (done: Callback<T>) => void,
): Promise<T> | undefined {
  if (typeof callback === 'function') {
    act(callback)
    return undefined
  }
  const promise = new Promise<T>((resolve, reject) => {
    act((error, value) => (error ? reject(error) : resolve(value as T)))
  })
  promise.catch(() => undefined)
  return promise
}
