import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { service } from '../../../../scripts/services/service.js'
import { memoryStore } from '../../src/stores/memory.js'
import * as S from '../../src/stores/redis.js'
import * as T from './tmp-redis.js'
import * as s from '../interleave/scenarios/index.js'
import { races } from './races.js'
import { siteOn, visit, START } from '../interleave/site.js'
import { cookieJar } from '../../src/testing/jar.js'

const server = await service('redis')
for (const [name, make] of [['as it is', S.redisStore], ['page listed again where an entry was dead', T.redisStore]] as const)
test(name, async () => {
  const url = (server as { url: string }).url
  const clients = [new Redis(url), new Redis(url)]
  const slow = clients.map((c) => ({
    callBuffer: (...a: never[]) => (c.callBuffer as never as (...a: never[]) => unknown)(...a),
    call: async (command: string, ...args: never[]) => {
      if (command.toLowerCase() === 'hmget') await new Promise((r) => setTimeout(r, Math.random() * 8))
      return (c.call as never as (...a: unknown[]) => unknown)(command, ...args)
    },
  }))
  const prefix = `${Math.random()}:`
  const stores = slow.map((c) => make(c as never, { prefix, log: () => undefined }))
  for (const sc of [s.revocationBesideStepUp, s.exceptBesideTwoStepUps, s.credentialChangesOnTwoDevices, s.revocationBesideSignIn, s.twoFirstRevocations, s.exceptBesideStepUp, s.credentialChangeBesideRenewal]) {
    const t = await races(sc, stores, { runs: 200 })
    console.log(name, sc.name, t.violations, t.reports[0]?.slice(0, 900) ?? '')
  }
  for (const c of clients) c.disconnect()
  await (server as { stop(): Promise<void> }).stop?.call(null)
}, 100000)

test('two pages on any store', async () => {
  let escaped = 0
  for (let i = 0; i < 20; i++) {
    const memory = memoryStore()
    const first = siteOn(memory, () => START)
    const jars = []
    for (let n = 0; n < 101; n++) jars.push((await visit(first, cookieJar(), (x) => x.signIn('ann'))).jar)
    let pages = 0
    let jar = jars[100] as never as ReturnType<typeof cookieJar>
    const store = {
      ...memory, name: 'memory',
      create: memory.create.bind(memory), get: memory.get.bind(memory), patch: memory.patch.bind(memory), end: memory.end.bind(memory), close: () => undefined,
      find: async (...a: Parameters<typeof memory.find>) => {
        pages++
        return memory.find(...a)
      },
    }
    // memory's cursor is the row's position: list order is creation order, so the new row comes last. Sessions in handle order escape.
    await siteOn(store as never, () => START).revoke({ user: 'ann' })
    escaped += memory.find({ user: 'ann' }, START, null, 10).rows.length
    void jar
  }
  console.log('memory', escaped)
})
