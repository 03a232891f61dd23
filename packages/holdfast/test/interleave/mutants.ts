import { fenceHandle } from '../../src/engine/fence.js'
import { formatKeys, parseKeys } from '../../src/engine/keys.js'
import type { Patch, Row, Store } from '../../src/engine/row.js'
import type { InterleaveOptions } from '../../src/testing/interleave.js'

type Tamper = NonNullable<InterleaveOptions['tamper']>

function without<Name extends 'op' | 'ifFields' | 'ifKeys'>(patch: Patch, name: Name): Patch {
  const { [name]: _, ...rest } = patch
  return rest
}

/** Fences read as if nobody had ever raised one. */
export const noFence: Tamper = (store) => ({
  ...store,
  get: async (handle, now, fresh) => {
    const row = await store.get(handle, now, fresh)
    return handle === fenceHandle('user', 'ann') ? null : row
  },
})

/** A tombstone does not tell who took the row's place. */
export const noSuccessors: Tamper = (store) => ({
  ...store,
  end: async (handle, ending, now) => {
    const row = await store.end(handle, ending, now)
    return typeof row === 'object' && row?.ended ? { ...row, ended: { ...row.ended, successor: null } } : row
  },
})

/** Whoever made a row cannot end it any more, and does not notice. */
export const noSelfEnding: Tamper = (store) => {
  const own = new Map<string, Row>()
  return {
    ...store,
    create: (row, now) => {
      own.set(row.handle, row)
      return store.create(row, now)
    },
    end: (handle, ending, now) => own.get(handle) ?? store.end(handle, ending, now),
  }
}

/** A patch changes the keys whatever they have become. */
export const noKeyGuard: Tamper = (store) => ({
  ...store,
  patch: async (handle, patch, now) => {
    if (patch.ifKeys === undefined) return store.patch(handle, patch, now)
    // A store takes no keys without a guard, so the guard is given what is there.
    const { keys } = (await store.get(handle, now)) ?? patch
    return store.patch(handle, { ...patch, ifKeys: keys as string }, now)
  },
})

/** A patch writes its fields whatever they have become. */
export const noFieldGuard: Tamper = (store) => ({
  ...store,
  patch: (handle, patch, now) => store.patch(handle, without(patch, 'ifFields'), now),
})

/** Rows remember no writes. */
export const noOps: Tamper = (store) => ({
  ...store,
  patch: (handle, patch, now) => store.patch(handle, without(patch, 'op'), now),
})

/** The first use of a renewed cookie makes an end of all before it. */
export const noGrace = (store: Store): Store => ({
  ...store,
  patch: (handle, patch, now) => {
    const keys = patch.keys === undefined ? null : parseKeys(patch.keys)
    return store.patch(handle, keys === null ? patch : { ...patch, keys: formatKeys({ ...keys, graced: [] }) }, now)
  },
})

/** The first use of a renewed cookie makes an end of those that were given before it. */
export const noGraceOfEarlierOffers: Tamper = (store) => ({
  ...store,
  patch: (handle, patch, now) => {
    const [before, after] = [patch.ifKeys, patch.keys].map((text) => (text === undefined ? null : parseKeys(text)))
    if (!before || !after) return store.patch(handle, patch, now)
    const offered = new Set(before.offers.map(({ number }) => number))
    const graced = after.graced.filter(({ number }) => !offered.has(number))
    return store.patch(handle, { ...patch, keys: formatKeys({ ...after, graced }) }, now)
  },
})
