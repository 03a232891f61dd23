import type { HoldfastError } from './errors.js'
import type { Refusal } from './wire.js'

const TEXT: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** The answer for an error: its status, and no more of it than its code, which names no secret. */
export function refusalOf(error: HoldfastError, cookies: readonly string[] = []): Refusal {
  return {
    status: error.status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...(cookies.length > 0 ? { vary: 'Cookie' } : {}),
      ...(error.status === 503 ? { 'retry-after': '5' } : {}),
    },
    body: `${TEXT[error.status] ?? 'Error'} (${error.code})\n`,
    error,
    ...(cookies.length > 0 ? { cookies } : {}),
  }
}
