/**
 * Has V8 keep the own properties of an object in a table, and not in a hidden class.
 *
 * Express sets the prototype of every request and response, after which no two of them share a hidden class, and every
 * property that anybody adds makes another one, with a copy of all that were there: a kilobyte and more each time. In a
 * table a new property is an entry. A request that reads its session costs a third of what it did (measured on Node 20; the
 * bench watches it), and so does what others put on the two objects afterwards.
 *
 * V8 turns to a table when a property is deleted that is not the newest: `name` is one, and is put back. Where objects of
 * one kind share their hidden classes, as on node:http and under Koa, this would only do harm.
 */
export function useTable(object: object, name: string): void {
  const own = object as Record<string, unknown>
  const value = own[name]
  delete own[name]
  own[name] = value
}
