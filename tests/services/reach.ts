import { once } from 'node:events'
import { connect } from 'node:net'

/** Whether anybody listens at a port of this machine. */
export async function listens(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect(port, host)
  const answered = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return answered
}

/** The port in a URL. */
export function portOf(url: string): number {
  return Number(new URL(url).port)
}
