import type { RequestHandler } from 'express'
import { Latest } from '../latest.js'
import { libraryOf } from './libraries.js'
import { runOf } from './run.js'

/** How the posts of the second origin were answered: status by library. */
export type Answers = Readonly<Record<string, number>>

/** What is noted of the posts that the second origin makes in a run. */
export interface Posts {
  /** Stands before the libraries, so that it sees what they refuse. */
  readonly noted: RequestHandler
  of(run: string): Answers
}

/** Notes how the sign-ins of a run were answered. */
export function posts(): Posts {
  const runs = new Latest<Answers>()
  return {
    noted(req, res, next) {
      const run = runOf(req)
      const [, name, path] = /^\/([a-z-]+)\/(sign-in)$/.exec(req.path) ?? []
      const library = libraryOf(name)
      if (run === null || library === null || path === undefined || req.method !== 'POST') return next()
      res.on('finish', () => {
        runs.set(run, { ...runs.get(run), [library]: res.statusCode })
      })
      next()
    },
    of: (run) => runs.get(run) ?? {},
  }
}
