import { expect } from 'vitest'
import { redisStore } from '../../src/stores/redis.js'
import { endRow, newEnding, newHandle, newOp, newRow, put, read } from '../../src/testing/store-kit/fixture.js'
import type { Connected } from './redis-clients.js'
import { eventually } from './redis-patience.js'

/** A server that can be killed. */
interface Mortal {
  kill(): Promise<void>
  restart(): Promise<void>
}

/**
 * Kills the primary after an acknowledged patch and an acknowledged sign-out of which a replica has confirmed the last:
 * both stay, whatever comes, and the store goes on by itself, its scripts too.
 *
 * `seeks`: whether the client looks for the new primary while the old one is away. `replicas`: how many there are; any may be
 * promoted, so all have to have it.
 */
export async function survivesFailover(
  { client }: Connected,
  primaryOf: (key: string) => Promise<Mortal>,
  { seeks, replicas }: { readonly seeks: boolean; readonly replicas: number },
): Promise<void> {
  const now = Date.now()
  const prefix = `${newHandle()}:`
  const store = redisStore(client, { prefix, log: () => undefined, wait: { replicas, timeout: '1s' } })
  // Sent again until all replicas follow: the one that was killed before may still be on its way back.
  const first = { handle: newHandle(), user: 'ada', link: 'sid-1' }
  const live = await eventually(() => put(store, now, first))
  expect(await store.patch(live.handle, { set: new Map([['likes', '1']]), op: newOp() }, now)).toBe(2)
  // In the same slot: a replica that has this sign-out has all that came before it.
  const second = { handle: live.handle.charAt(0) + newHandle().slice(1), user: 'ada' }
  const gone = await eventually(() => put(store, now, second))
  const ending = newEnding(now, { reason: 'revoked' })
  await eventually(() => endRow(store, gone.handle, ending, now))

  const key = `${prefix}{${live.handle.charAt(0)}r}`
  const node = await primaryOf(key)
  await node.kill()
  const promoted = () => eventually(async () => expect(await primaryOf(key)).not.toBe(node))
  if (!seeks) {
    await promoted()
    await node.restart()
  }

  const patch = { set: new Map([['likes', '2']]), op: newOp() }
  await eventually(async () => {
    await store.patch(live.handle, patch, now)
    expect((await read(store, live.handle, now)).ops).toContain(patch.op)
  })
  const row = await read(store, live.handle, now)
  expect([row.version, row.fields.get('likes')]).toEqual([3, '2'])
  const back = { set: new Map([['cart', '[]']]), op: newOp() }
  expect(await eventually(() => store.patch(gone.handle, back, now))).toBeNull()
  expect(await eventually(() => store.create(newRow(now, { handle: gone.handle }), now))).toBe(false)
  expect((await read(store, gone.handle, now)).ended).toMatchObject({ reason: 'revoked', by: ending.op })
  expect((await eventually(() => store.find({ link: 'sid-1' }, now, null, 10))).rows).toHaveLength(1)
  if (seeks) {
    await promoted()
    await node.restart()
  }
}
