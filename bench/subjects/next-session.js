/**
 * next-session on node:http with its own memory store and every default. It signs no cookie. Its session is there once the
 * handler has awaited it, as its documentation has it for frameworks of this kind.
 */
import nextSession from 'next-session'
import { onNode } from '../frameworks/node.js'

/** @type {import('../subject.js').Subject} */
export const subject = {
  bare: 'node',
  open: () => {
    const getSession = nextSession()
    return onNode({
      mount: (listener) => async (req, res) => {
        await getSession(req, res)
        listener(req, res)
      },
      fieldsOf: (req) => req.session,
    })
  },
}
