import type { RequestHandler, Response } from 'express'

const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

const headers = {
  // No script runs but where `scripted` says so, and none can be smuggled in; forms lead nowhere else, and nobody frames the shop.
  'Content-Security-Policy': `${policy}; form-action 'self'`,
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: browsers would then send `Origin: null` with the shop's own forms.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** What every answer tells the browser to refuse. */
export const securityHeaders: RequestHandler = (_req, res, next) => {
  res.set(headers)
  next()
}

/** Lets this one answer run the script files of the shop, which talk to the shop alone, and send forms there or to `target`. */
export function scripted(res: Response, target = "'self'"): void {
  res.set('Content-Security-Policy', `${policy}; form-action ${target}; script-src 'self'; connect-src 'self'`)
}
