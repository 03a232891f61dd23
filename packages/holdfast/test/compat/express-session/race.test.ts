import { type ClientRequest, get as httpGet, type IncomingMessage } from 'node:http'
import type { MemoryStore, SessionModule } from 'holdfast/express-session'
import { describe, expect, test } from 'vitest'
import { gate, until } from '../../adapters/stage.js'
import { type Framework, frameworks, routes, type Site, site } from './site.js'
import { ours, theirs } from './subjects.js'

/** A store that is so many milliseconds away when it writes. */
const far = (delay: number) => (store: MemoryStore) => {
  const set = store.set as (...args: unknown[]) => unknown
  Reflect.set(store, 'set', function (this: unknown, ...args: unknown[]) {
    setTimeout(() => set.apply(this, args), delay)
  })
}

const login = routes({
  '/login': (req, res) => {
    req.session.user = 'ada'
    res.statusCode = 302
    res.setHeader('Location', '/home')
    res.end('see /home')
  },
  '/streamed': (req, res) => {
    req.session.user = 'ada'
    res.writeHead(302, { Location: '/home' })
    res.write('see ')
    setImmediate(() => res.end('/home'))
  },
  '/home': (req, res) => res.end(String(req.session.user)),
})

/** The head of an answer, as soon as it is there. */
const head = (port: number, path: string, cookie?: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = cookie === undefined ? {} : { cookie }
    const request: ClientRequest = httpGet({ host: '127.0.0.1', port, path, headers, agent: false }, resolve)
    request.on('error', reject)
  })

/** Logs in, and follows the redirect as soon as the head says where to. Answers whether the target knew the user. */
async function isLost({ port }: Site, path: string): Promise<boolean> {
  const redirect = await head(port, path)
  const [cookie = ''] = redirect.headers['set-cookie'] ?? []
  const target = await head(port, String(redirect.headers.location), cookie.split(';', 1)[0])
  let body = ''
  for await (const chunk of target) body += chunk
  redirect.resume()
  return body !== 'ada'
}

async function lost(module: SessionModule, framework: Framework, path: string): Promise<number> {
  let ids = 0
  const options = { genid: () => `id-${++ids}` }
  const served = await site(module, { framework, options, store: far(20), handler: login })
  let count = 0
  // Few at once: with a hundred the server is busier than the store is far.
  for (let batch = 0; batch < 10; batch += 1) {
    const ten = await Promise.all(Array.from({ length: 10 }, () => isLost(served, path)))
    count += ten.filter(Boolean).length
  }
  return count
}

describe.each(frameworks)('the target of a redirect knows the session, on %s', (framework) => {
  test.each(['/login', '/streamed'])('0 of 100 are lost at %s', async (path) => {
    expect(await lost(ours, framework, path)).toBe(0)
  })
})

test('the race is one: express-session loses it', async () => {
  expect(await lost(theirs, 'node:http', '/login')).toBeGreaterThan(0)
})

describe.each(frameworks)('no byte leaves before the store has answered, on %s', (framework) => {
  test.each([
    ['set', '/set'],
    ['set', '/streamed'],
    ['touch', '/touch'],
    ['destroy', '/unset'],
    ['set', '/save'],
    ['destroy', '/destroy'],
  ] as const)('%s at %s', async (act, path) => {
    const answered = gate()
    let isAsked = false
    const store = (memory: MemoryStore): void => {
      const own = memory[act] as (...args: unknown[]) => unknown
      Reflect.set(memory, act, function (this: unknown, ...args: unknown[]) {
        isAsked = true
        answered.promise.then(() => own.apply(this, args))
      })
    }
    const served = await site(ours, {
      framework,
      store,
      options: { unset: 'destroy' },
      handler: routes({
        '/write': (req, res) => {
          req.session.user = 'ada'
          res.end()
        },
        '/set': (req, res) => {
          req.session.user = 'grace'
          res.end('done')
        },
        '/streamed': (req, res) => {
          req.session.user = 'grace'
          res.write('do')
          res.end('ne')
        },
        '/touch': (_req, res) => res.end('done'),
        '/unset': (req, res) => {
          Reflect.set(req, 'session', null)
          res.end('done')
        },
        // These two do not wait for what they ask for.
        '/save': (req, res) => {
          req.session.user = 'grace'
          req.session.save()
          res.end('done')
        },
        '/destroy': (req, res) => {
          req.session.destroy()
          res.end('done')
        },
      }),
    })
    if (act !== 'set') await served.visit('/write')
    isAsked = false
    let hasHead = false
    const reply = head(served.port, path, served.cookie() ?? undefined).then((answer) => {
      hasHead = true
      return answer
    })
    await until(() => isAsked)
    // The server has seen to other requests since, so it had the time to send something.
    await head(served.port, '/none')
    expect(hasHead).toBe(false)
    answered.open()
    const { statusCode } = await reply
    expect(statusCode).toBe(200)
  })
})
