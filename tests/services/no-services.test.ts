import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isOurs, withoutServices } from '../../scripts/services/no-services.js'

const base = await mkdtemp(join(tmpdir(), 'holdfast-policy-'))
afterAll(() => rm(base, { recursive: true }))

test('while something is installed no service starts, and afterwards they may, also where it failed', async () => {
  const file = join(base, 'none')
  await withoutServices(file, async () => {
    expect(await readFile(file, 'utf8')).toMatch(/^#!\/bin\/sh\n# holdfast: .*\nexit 101\n$/)
    expect((await stat(file)).mode & 0o111).toBe(0o111)
  })
  expect(existsSync(file)).toBe(false)
  await expect(withoutServices(file, () => Promise.reject(new Error('no mirror')))).rejects.toThrow('no mirror')
  expect(existsSync(file)).toBe(false)
})

test('what a killed installation left behind is taken away by the next one', async () => {
  const [file, left] = [join(base, 'gone'), join(base, 'left')]
  await withoutServices(file, async () => writeFile(left, await readFile(file)))
  expect(await isOurs(left)).toBe(true)
  await withoutServices(left, async () => expect(existsSync(left)).toBe(true))
  expect(existsSync(left)).toBe(false)
})

test('a policy that somebody else has put there stays, also one that says the same, or a link', async () => {
  const [file, ours, link] = [join(base, 'theirs'), join(base, 'ours'), join(base, 'link')]
  await writeFile(file, '#!/bin/sh\nexit 101\n')
  await withoutServices(join(base, 'gone'), async () => writeFile(ours, await readFile(join(base, 'gone'))))
  await symlink(ours, link)
  for (const one of [file, link]) {
    expect(await isOurs(one)).toBe(false)
    await withoutServices(one, async () => undefined)
    expect(existsSync(one)).toBe(true)
  }
})
