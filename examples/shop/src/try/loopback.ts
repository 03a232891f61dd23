const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** The address of a socket as it stands in a URL: `::ffff:127.0.0.1` is IPv4, and IPv6 stands in brackets. */
export function hostOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return plain.includes(':') ? `[${plain}]` : plain
}

/**
 * The same server under the other name that a machine has for itself: for `localhost` its address, for the address
 * `localhost`. To a browser these are two sites. `null` where the server was reached by any other name.
 */
export function secondOrigin(host: string | undefined, localAddress: string | undefined): string | null {
  const [, name = '', port = ''] = LOOPBACK.exec(host ?? '') ?? []
  if (name === '' || localAddress === undefined) return null
  return `http://${name.toLowerCase() === 'localhost' ? hostOf(localAddress) : 'localhost'}${port}`
}

/** Whether both are names of this machine, with the same port: then both lead to one server. */
export function areOneServer(host: string | undefined, other: string | undefined): boolean {
  const [one, two] = [host, other].map((text) => LOOPBACK.exec(text ?? ''))
  return one !== null && two !== null && one?.[2] === two?.[2]
}
