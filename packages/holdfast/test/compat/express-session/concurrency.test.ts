import { describe, expect, test } from 'vitest'
import { gate, until } from '../../adapters/stage.js'
import { frameworks, routes, type Setting, site } from './site.js'
import { ours } from './subjects.js'

describe.each(frameworks)('what was ended stays ended, on %s', (framework) => {
  /** One request is still at work when another ends the session. */
  const beside = async (
    path: string,
    ending: string,
    options: NonNullable<Setting['options']> = {},
  ): Promise<{ stored: string[]; errors: string[]; body: string }> => {
    const go = gate()
    let isLoaded = false
    const slow = async (work: () => void): Promise<void> => {
      isLoaded = true
      await go.promise
      work()
    }
    const served = await site(ours, {
      framework,
      options,
      handler: routes({
        '/login': (req, res) => {
          req.session.user = 'ada'
          res.end()
        },
        '/write': (req, res) =>
          slow(() => {
            req.session.user = 'grace'
            res.end('written')
          }),
        '/read': (_req, res) => slow(() => res.end('read')),
        '/save': (req, res) =>
          slow(() => {
            req.session.user = 'grace'
            req.session.save((error) => res.end(String(error)))
          }),
        '/logout': (req, res) => req.session.destroy(() => res.end()),
        '/regenerate': (req, res) => req.session.regenerate(() => res.end()),
      }),
    })
    await served.visit('/login')
    const slowly = served.visit(path)
    await until(() => isLoaded)
    await served.visit(ending)
    go.open()
    const { body } = await slowly
    return { stored: Object.keys(served.store.sessions), errors: served.errors, body: body.toString() }
  }

  test.each([
    ['/write', '/logout', {}],
    ['/read', '/logout', { resave: true }],
    ['/write', '/regenerate', {}],
  ] as const)('%s beside %s', async (path, ending, options) => {
    const { stored, errors } = await beside(path, ending, options)
    expect(stored).not.toContain('id-1')
    expect(errors).toEqual([])
  })

  test('save() beside a sign-out writes nothing, and that is no error', async () => {
    const { stored, body } = await beside('/save', '/logout')
    expect(stored).toEqual([])
    expect(body).toMatch(/^(?:null|undefined)$/)
  })
})

test('a store whose touch fails where the record is gone makes no error of it', async () => {
  const served = await site(ours, {
    store: (store) => {
      Reflect.set(store, 'touch', (sid: string, _data: unknown, callback: (error?: Error) => void) =>
        callback(store.sessions[sid] ? undefined : new Error('Unable to find the session to touch')),
      )
    },
    handler: (req, res) => {
      if (req.url === '/gone') Reflect.deleteProperty(req.sessionStore.sessions, req.sessionID)
      else req.session.user = 'ada'
      res.end('sent')
    },
  })
  await served.visit()
  expect((await served.visit('/gone')).body.toString()).toBe('sent')
  expect(served.log.at(-2)).toBe('touch')
  expect(served.errors).toEqual([])
})

test('unset destroy: a store that could not be read for once loses no session', async () => {
  let isDown = false
  const served = await site(ours, {
    options: { unset: 'destroy' },
    store: (store) => {
      const get = store.get as (...args: unknown[]) => unknown
      Reflect.set(store, 'get', (sid: string, callback: (error?: Error) => void) =>
        isDown ? callback(new Error('store down')) : get.call(store, sid, callback),
      )
    },
    handler: (req, res) => {
      req.session.user ??= 'ada'
      res.end(req.sessionID)
    },
  })
  const first = await served.visit()
  isDown = true
  expect((await served.visit()).status).toBe(500)
  isDown = false
  expect((await served.visit()).body).toEqual(first.body)
})
