/**
 * The exchanges of one response as one: several instances may serve a request (a site and its admin pages).
 */
import type { Awaitable } from '../engine/row.js'
import type { Answer, Exchange, Refusal } from '../engine/wire.js'

/**
 * Settles all, and adds what they say to what others have said `before`. The cookies of all go together; the strictest
 * word to caches wins; one refusal refuses the answer.
 */
export function settleAll(exchanges: readonly Exchange<unknown>[], before: Answer): Awaitable<Answer | Refusal> {
  const [first] = exchanges
  if (exchanges.length === 1 && first !== undefined && saysNothing(before)) return first.settle()
  const verdicts = exchanges.map((exchange) => exchange.settle())
  return verdicts.some(isPromise)
    ? Promise.all(verdicts).then((all) => joined(before, all))
    : joined(before, verdicts as (Answer | Refusal)[])
}

/** Finishes all. Not a promise where none of them has anything to do. */
export function finishAll(exchanges: readonly Exchange<unknown>[]): Awaitable<void> {
  const [first] = exchanges
  if (exchanges.length === 1 && first !== undefined) return first.finish()
  const pending = exchanges.map((exchange) => exchange.finish()).filter(isPromise)
  return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined)
}

/** Whether a verdict takes the place of the handler's answer. */
export function isRefusal(verdict: Answer | Refusal): verdict is Refusal {
  return 'status' in verdict
}

/** Whether one has to wait for a value. */
export function isPromise<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value
}

/** What an exchange answers that adds nothing to the head. */
export const NOTHING: Answer = { cookies: [], cache: null }

/** Whether an answer adds nothing to the head. */
export function saysNothing(answer: Answer): boolean {
  return answer.cookies.length === 0 && answer.cache === null
}

function joined(before: Answer, verdicts: readonly (Answer | Refusal)[]): Answer | Refusal {
  let { cookies, cache } = before
  for (const verdict of verdicts) {
    if (isRefusal(verdict)) return verdict
    cookies = cookies.length === 0 ? verdict.cookies : [...cookies, ...verdict.cookies]
    if (verdict.cache === 'no-store' || cache === null) cache = verdict.cache
  }
  return { cookies, cache }
}
