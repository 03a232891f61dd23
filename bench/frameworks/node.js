import { saidTo, targets } from '../targets.js'

/** @typedef {import('../subject.js').Listener} Listener */

/**
 * node:http, with a library for sessions or by itself. Here `mount` is given the listener, and answers one around it.
 *
 * @param {import('../targets.js').Library<Listener> | null} library
 * @returns {Listener}
 */
export function onNode(library) {
  const byPath = new Map(targets.map((target) => [target.path, target]))
  /** @type {Listener} */
  const listener = (req, res) => {
    const target = byPath.get(req.url ?? '')
    if (target === undefined || target.method !== req.method) {
      res.statusCode = 404
      res.end()
      return
    }
    const said = saidTo(target, library, req)
    if (typeof said === 'number') res.end(String(said))
    else said.then((number) => res.end(String(number)))
  }
  return library === null ? listener : /** @type {Listener} */ (library.mount(listener))
}
