import { afterAll, beforeAll, test } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import { watched } from './redis-clients.js'
import { survivesFailover } from './redis-failover.js'
import { redisKit } from './redis-kit.js'

const usual = await service('redis-sentinel')
const mortal = await service('redis-sentinel', { own: true })
for (const server of [usual, mortal]) {
  afterAll(async () => void ('stop' in server && (await server.stop())))
}

describeOn(usual, `the store on ${usual.service}`, (server) => {
  for (const [folder, connect] of Object.entries(watched)) {
    beforeAll(() => testedWith(usual, folder))
    redisKit(folder, () => connect(server), 20)
  }
})

describeOn(mortal, 'LC-06: the store on a server that Sentinels watch over, and that dies', (server) => {
  for (const [folder, connect] of Object.entries(watched)) {
    test(`${folder}: what a replica has stays, and acts and scripts go on by themselves`, async () => {
      const connected = await connect(server)
      await survivesFailover(connected, server.primary, { seeks: true, replicas: 2 })
      await connected.close()
    })
  }
})
