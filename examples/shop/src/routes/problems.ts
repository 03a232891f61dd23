import type { ErrorRequestHandler, RequestHandler } from 'express'
import { HoldfastError } from 'holdfast'
import { problemPage } from '../views/problem.js'

/** The answer where no route has one. It asks for no session: a browser's look for an icon should disturb nothing. */
export const nothingHere: RequestHandler = (_req, res) => {
  res.status(404).type('html').send(problemPage(404).text)
}

/** The answer to what went wrong. What it was is for the log alone. */
export function troubles(log: (text: string) => void): ErrorRequestHandler {
  return (error, req, res, next) => {
    const status = statusOf(error)
    if (status >= 500) log(`${req.method} ${req.path}: ${error instanceof Error ? error.stack : error}`)
    // Too late for a page: Express ends the connection, so that nobody takes half an answer for a whole one.
    if (res.headersSent) return next(error)
    if (status === 503) res.set('Retry-After', '5')
    res.status(status).type('html').send(problemPage(status).text)
  }
}

function statusOf(error: unknown): number {
  // Signed out in another place while this request was under way: nobody's mistake.
  if (error instanceof HoldfastError && (error.code === 'HOLDFAST_ENDED' || error.code === 'HOLDFAST_REVOKED'))
    return 409
  const { status } = error as { status?: unknown }
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}
