import { type Awaitable, memoryStore, type Row, type Store } from 'holdfast'

/** One act as the engine sent it. */
export interface Call {
  readonly act: 'create' | 'get' | 'patch' | 'end' | 'find' | 'sweep'
  /** The handle, where the act names one. */
  readonly handle: string | null
  /** As they were passed. */
  readonly args: readonly unknown[]
}

/**
 * What goes wrong at an act. `fail`: it is not carried out and throws. `lose`: it is carried out and throws. `hang`: it is
 * not carried out and never answers. `hang-after`: it is carried out and never answers.
 */
export type Fault = 'fail' | 'lose' | 'hang' | 'hang-after'

/** A store whose acts can be looked at, and made to go wrong. */
export interface SpiedStore {
  readonly store: Store
  /** Every act so far; empty it to start anew. */
  readonly calls: Call[]
  /** Asked at each act. */
  fault: (call: Call) => Fault | undefined
  /** Called before each act is carried out: what another request does in between. */
  before: (call: Call) => Promise<void> | undefined
}

export function spiedStore(inner: Store = memoryStore()): SpiedStore {
  const run = <T>(call: Call, act: () => Awaitable<T>): Awaitable<T> => {
    spied.calls.push(call)
    const first = spied.before(call)
    return first === undefined ? carryOut(call, act) : first.then(() => carryOut(call, act))
  }
  const carryOut = <T>(call: Call, act: () => Awaitable<T>): Awaitable<T> => {
    const fault = spied.fault(call)
    if (fault === 'fail') throw new Error('connection refused')
    if (fault === 'hang') return new Promise(() => undefined)
    const answer = act()
    if (fault === 'lose') throw new Error('connection reset')
    return fault === 'hang-after' ? new Promise(() => undefined) : answer
  }
  const spied: SpiedStore = {
    calls: [],
    fault: () => undefined,
    before: () => undefined,
    store: {
      name: inner.name,
      create: (row: Row, now) =>
        run({ act: 'create', handle: row.handle, args: [row, now] }, () => inner.create(row, now)),
      get: (handle, now, fresh) =>
        run({ act: 'get', handle, args: [handle, now, fresh] }, () => inner.get(handle, now, fresh)),
      patch: (handle, patch, now) =>
        run({ act: 'patch', handle, args: [handle, patch, now] }, () => inner.patch(handle, patch, now)),
      end: (handle, ending, now) =>
        run({ act: 'end', handle, args: [handle, ending, now] }, () => inner.end(handle, ending, now)),
      find: (index, now, cursor, limit) =>
        run({ act: 'find', handle: null, args: [index, now, cursor, limit] }, () =>
          inner.find(index, now, cursor, limit),
        ),
      sweep: (now, limit) =>
        run({ act: 'sweep', handle: null, args: [now, limit] }, () => inner.sweep?.(now, limit) ?? []),
      close: () => inner.close(),
    },
  }
  return spied
}

/** The names of the acts, in their order. */
export function actsOf(calls: readonly Call[]): string[] {
  return calls.map((call) => call.act)
}
