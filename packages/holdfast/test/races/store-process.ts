import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Store } from '../../src/engine/row.js'

interface Message {
  readonly number: number
  readonly answer?: unknown
  readonly error?: string
}

/** A store in a process of its own, so that two of them meet at the file as two nodes do. `close` ends the process. */
export function storeProcess(script: URL, name: string, ...args: string[]): Store {
  const child = fork(script, args, { execArgv: [], serialization: 'advanced' })
  const waiting = new Map<number, { answer(value: unknown): void; fail(error: Error): void }>()
  let asked = 0
  let open = true
  child.on('message', ({ number, answer, error }: Message) => {
    const caller = waiting.get(number)
    waiting.delete(number)
    if (error === undefined) caller?.answer(answer)
    else caller?.fail(new Error(error))
  })
  const gone = once(child, 'exit').then(() => {
    open = false
    for (const { fail } of waiting.values()) fail(new Error(`the process of ${name} is gone`))
  })
  const ask = <T>(act: keyof Store, args: readonly unknown[]): Promise<T> =>
    new Promise<T>((answer, fail) => {
      if (!open) throw new Error(`the process of ${name} is gone`)
      const number = asked++
      waiting.set(number, { answer: answer as (value: unknown) => void, fail })
      child.send({ number, act, args })
    })
  return {
    name,
    create: (...args) => ask('create', args),
    get: (...args) => ask('get', args),
    patch: (...args) => ask('patch', args),
    end: (...args) => ask('end', args),
    find: (...args) => ask('find', args),
    async close() {
      if (open && child.connected) child.disconnect()
      await gone
    },
  }
}
