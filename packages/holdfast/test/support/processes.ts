import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** Processes that each answer one message with one: `{ answer }`, or `{ error }`. */
export interface Processes {
  /** Has all of them do a task at once; `what` says what each is told. */
  everyone(what: (number: number) => object): Promise<unknown[]>
  stop(): Promise<void>
}

/** Starts so many processes of a plain JavaScript file, each ready when this resolves. */
export async function startProcesses(script: URL, count: number): Promise<Processes> {
  const children = Array.from({ length: count }, () => fork(script, { execArgv: [] }))
  await Promise.all(children.map(answerOf))
  return {
    everyone(what) {
      const answers = children.map(answerOf)
      for (const [number, child] of children.entries()) child.send(what(number))
      return Promise.all(answers)
    },
    async stop() {
      await Promise.all(
        children.map((child) => {
          const gone = once(child, 'exit')
          child.disconnect()
          return gone
        }),
      )
    },
  }
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('a process is gone'))
    child.once('exit', gone)
    child.once('message', (message: { answer?: unknown; error?: string }) => {
      child.off('exit', gone)
      if (message.error === undefined) resolve(message.answer)
      else reject(new Error(message.error))
    })
  })
}
