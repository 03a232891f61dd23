import { afterAll, beforeAll } from 'vitest'
import { describeOn } from '../../../../scripts/services/describe-on.js'
import { service, testedWith } from '../../../../scripts/services/service.js'
import { single, unusual } from './redis-clients.js'
import { redisKit } from './redis-kit.js'

const usual = await service('redis')
for (const server of [
  usual,
  await service('redis-6'),
  await service('redis-8'),
  await service('valkey'),
  await service('valkey-9'),
]) {
  afterAll(async () => void ('stop' in server && (await server.stop())))
  describeOn(server, `the store on ${server.service}`, ({ url }) => {
    for (const [folder, connect] of Object.entries(single)) {
      beforeAll(() => testedWith(server, folder))
      redisKit(folder, () => connect(url), server === usual ? 20 : 3)
    }
  })
}

describeOn(usual, 'the store on redis, by a client with other settings', ({ url }) => {
  for (const [title, connect] of Object.entries(unusual)) redisKit(title, () => connect(url), 1)
})
