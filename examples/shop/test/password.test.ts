import { expect, test } from 'vitest'
import { Busy, limit } from '../src/limit.js'
import { hashOf, isPassword } from '../src/password.js'

test('a password is kept as argon2id and fits only itself, however its letters are composed', async () => {
  const kept = await hashOf('cr\u00e8me br\u00fbl\u00e9e')
  expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await hashOf('cr\u00e8me br\u00fbl\u00e9e')).not.toBe(kept)
  expect(await isPassword('cre\u0300me bru\u0302le\u0301e', kept)).toBe(true)
  expect(await isPassword('creme brulee', kept)).toBe(false)
})

test('a user who is not there has no password', async () => {
  expect(await isPassword('', null)).toBe(false)
  expect(await isPassword('correct horse battery', null)).toBe(false)
})

test('only so much runs at once, so much waits its turn, and the rest is refused', async () => {
  const limited = limit(2, 3)
  const ends: (() => void)[] = []
  let running = 0
  let most = 0
  const work = () =>
    limited(async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise<void>((end) => ends.push(end))
      running -= 1
    })
  const accepted = Array.from({ length: 5 }, work)
  await expect(work()).rejects.toThrow(Busy)
  for (let ended = 0; ended < 5; ended += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(ended)
    ends[ended]?.()
    await accepted[ended]
  }
  expect(most).toBe(2)
})

test('work that fails makes room like any other', async () => {
  const limited = limit(1, 0)
  await expect(limited(() => Promise.reject(new Error('parted')))).rejects.toThrow('parted')
  expect(await limited(async () => 'held')).toBe('held')
})
