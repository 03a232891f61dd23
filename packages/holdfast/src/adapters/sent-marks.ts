/**
 * What a response says of itself while it is held: its head is sent, and where the last byte is held too, it has ended.
 * Otherwise an error handler would write a second answer into the first.
 */
import type { ServerResponse } from 'node:http'

/** Stands where Node keeps the text of a head that was sent. It is removed before Node could read it. */
const HELD = 'held by holdfast'

interface Innards {
  _header: string | null
}

/**
 * On node:http the head that was sent is an own property of every response, and all that depends on it asks there:
 * `headersSent`, and `setHeader` and its like, which then throw their own error. It costs nothing, where properties of
 * our own for each of them would. HTTP/2 responses keep it elsewhere and get those properties.
 */
export function markSent(res: ServerResponse): void {
  if (Object.hasOwn(res, '_header')) innards(res)._header ??= HELD
  else if (!res.headersSent) Object.defineProperties(res, SENT)
}

/**
 * Beside {@link markSent}, where the last byte is held. Not by `finished`, which Node's pipelines take for an answer that
 * is complete.
 */
export function markEnded(res: ServerResponse): void {
  Object.defineProperty(res, 'writableEnded', YES)
}

/** From now on the response speaks for itself again. */
export function unmark(res: ServerResponse): void {
  if (Object.hasOwn(res, 'writableEnded')) Reflect.deleteProperty(res, 'writableEnded')
  if (Object.hasOwn(res, '_header')) {
    if (innards(res)._header === HELD) innards(res)._header = null
  } else if (Object.hasOwn(res, 'headersSent')) {
    for (const name of Object.keys(SENT)) Reflect.deleteProperty(res, name)
  }
}

function innards(res: ServerResponse): Innards {
  return res as unknown as Innards
}

const YES: PropertyDescriptor = { configurable: true, value: true }

const REFUSES: PropertyDescriptor = { configurable: true, value: refuse }

const SENT: PropertyDescriptorMap = {
  headersSent: YES,
  setHeader: REFUSES,
  appendHeader: REFUSES,
  removeHeader: REFUSES,
}

function refuse(): never {
  const error = new Error('Cannot set headers after they are sent to the client')
  throw Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' })
}
