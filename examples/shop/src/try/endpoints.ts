import { type Request, type Response, Router } from 'express'
import { fieldOf, ownPath } from '../form.js'
import type { Tab, TryState } from './data.js'
import { runOf } from './run.js'
import type { Signals } from './signals.js'

/** What one library does for the endpoints; each as its own documentation writes it. */
export interface Subject {
  state(req: Request): TryState
  /** Empties the lists and fields. */
  reset(req: Request): void
  /** Adds to the list, and nothing else. */
  add(req: Request, entry: string): void
  /** Sets a field of this tab's own. */
  set(req: Request, tab: Tab, text: string): void
  signIn(req: Request, user: string): Promise<void>
  signOut(req: Request): Promise<void>
}

const tabs: readonly Tab[] = ['first', 'second']

/** The endpoints that are attacked: the same ones for every library, and nothing in them knows which it is. */
export function endpoints(subject: Subject, signals: Signals): Router {
  const routes = Router()

  routes.get('/state', (req, res) => {
    res.set('Cache-Control', 'no-store').json(subject.state(req))
  })

  routes.post('/reset', (req, res) => {
    subject.reset(req)
    res.status(204).end()
  })

  // Both tabs have changed their session before either is answered, and so before either is saved.
  routes.post('/tabs/:tab', async (req, res, next) => {
    const tab = tabs.find((name) => name === req.params.tab)
    const run = runOf(req)
    if (tab === undefined || run === null) return next()
    subject.add(req, tab)
    subject.set(req, tab, 'here')
    signals.reached(run, tab)
    const met = await signals.until(run, tab === 'first' ? 'second' : 'first')
    answer(res, met)
  })

  // Begun before the sign-out, it is answered after it.
  routes.post('/slow', async (req, res, next) => {
    const run = runOf(req)
    if (run === null) return next()
    subject.add(req, 'late')
    signals.reached(run, 'slow')
    answer(res, await signals.until(run, 'signed-out'))
  })

  routes.post('/sign-in', async (req, res) => {
    await subject.signIn(req, fieldOf(req.body, 'name'))
    const next = ownPath(fieldOf(req.body, 'next'), '')
    if (next === '') res.status(204).end()
    else res.redirect(303, next)
  })

  // Within a run it waits for the slow request to be under way.
  routes.post('/sign-out', async (req, res) => {
    const run = runOf(req)
    const met = run === null || (await signals.until(run, 'slow'))
    await subject.signOut(req)
    if (run !== null) res.on('finish', () => signals.reached(run, 'signed-out'))
    answer(res, met)
  })

  return routes
}

/** 504 where the other request did not come: then nothing was tried. */
function answer(res: Response, met: boolean): void {
  res.status(met ? 204 : 504).end()
}
