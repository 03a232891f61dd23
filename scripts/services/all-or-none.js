/**
 * Waits for all servers that are being started; where one fails, the others are stopped.
 *
 * @template {{ stop: () => Promise<void> }} T
 * @param {readonly Promise<T>[]} starts
 * @returns {Promise<T[]>}
 */
export async function allOrNone(starts) {
  const ended = await Promise.allSettled(starts)
  const servers = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = ended.find((one) => one.status === 'rejected')
  if (failed === undefined) return servers
  await stopAll(servers)
  throw failed.reason
}

/** @param {readonly { stop: () => Promise<void> }[]} servers */
export async function stopAll(servers) {
  await Promise.all(servers.map((server) => server.stop()))
}
