/** The stable codes of {@link HoldfastError}. A program can switch on them; their meaning never changes. */
export type ErrorCode =
  | 'HOLDFAST_CONFIG'
  | 'HOLDFAST_SECRET'
  | 'HOLDFAST_NO_SESSION'
  | 'HOLDFAST_INSECURE'
  | 'HOLDFAST_CROSS_SITE'
  | 'HOLDFAST_STORE'
  | 'HOLDFAST_STORE_FULL'
  | 'HOLDFAST_STORE_DRIVER'
  | 'HOLDFAST_UNKNOWN_OUTCOME'
  | 'HOLDFAST_HEADERS_SENT'
  | 'HOLDFAST_STALE_DATA'
  | 'HOLDFAST_NOT_DATA'
  | 'HOLDFAST_NOT_JSON'
  | 'HOLDFAST_TOO_LARGE'
  | 'HOLDFAST_REVOKED'
  | 'HOLDFAST_ENDED'
  | 'HOLDFAST_LIMIT'
  | 'HOLDFAST_KEEP_ACROSS_USERS'
  | 'HOLDFAST_CONFLICT'

/**
 * Every error that holdfast throws. The message says library, problem and remedy; `code` is stable; `cause` keeps what a
 * driver threw. It never contains a secret, a credential or a field's value.
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError'
  readonly code: ErrorCode
  /** For frameworks that read a status from an error: 403 for `HOLDFAST_CROSS_SITE`, 503 for the store's, else 500. */
  readonly status: number

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(`holdfast: ${message}`, options)
    this.code = code
    this.status = statusOf(code)
  }
}

function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'HOLDFAST_CROSS_SITE':
      return 403
    case 'HOLDFAST_STORE':
    case 'HOLDFAST_STORE_FULL':
    case 'HOLDFAST_UNKNOWN_OUTCOME':
      return 503
    default:
      return 500
  }
}
