import express, { type RequestHandler } from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { describeOn } from '../../../../../scripts/services/describe-on.js'
import { connectStore } from '../../../src/compat/connect/index.js'
import type { Store } from '../../../src/engine/row.js'
import { listen } from '../../adapters/stage.js'
import { session } from './express-session.js'
import { onEveryStore } from './grounds.js'
import { installed } from './installed.js'
import { gate, Visitor } from './visitor.js'

type Done = (error: unknown, value?: unknown) => void

interface Passport {
  serializeUser(serialize: (user: { name: string }, done: Done) => void): void
  deserializeUser(deserialize: (name: string, done: Done) => void): void
  session(): RequestHandler
}

interface PassportRequest {
  user?: { name: string }
  session: Record<string, unknown>
  login(user: { name: string }, options: { keepSessionInfo: boolean }, done: (error?: unknown) => void): void
  logout(options: { keepSessionInfo: boolean }, done: (error?: unknown) => void): void
}

interface Site {
  readonly store: Store
  readonly resave: boolean
  /** What a request to `/slow` waits for. */
  readonly slow?: () => Promise<void>
}

/** Passport on express-session: `/login`, `/logout`, `/cart` and `/slow` write, every other path only reads. */
async function site(passport: Passport, { store, resave, slow }: Site): Promise<string> {
  passport.serializeUser((user, done) => done(null, user.name))
  passport.deserializeUser((name, done) => done(null, { name }))
  const app = express()
  app.use(session({ store: connectStore(store), resave, secret: 'a secret of the test', saveUninitialized: false }))
  app.use(passport.session())
  app.use(async (req, res) => {
    const request = req as unknown as PassportRequest
    const answer = (error?: unknown) => (error ? res.sendStatus(500) : res.json(null))
    if (req.path === '/cart') request.session.cart = ['book']
    if (req.path === '/slow') {
      await slow?.()
      request.session.late = true
    }
    if (req.path === '/login') request.login({ name: 'ada' }, { keepSessionInfo: true }, answer)
    else if (req.path === '/logout') request.logout({ keepSessionInfo: false }, answer)
    else res.json({ user: request.user?.name ?? null, cart: request.session.cart ?? null })
  })
  const { port, close } = await listen(app)
  onTestFinished(() => close())
  return `http://127.0.0.1:${port}`
}

const VISITOR = { user: null, cart: null }
const passport = installed<{ Passport: new () => Passport }>('passport')

await onEveryStore((store) => {
  describeOn(passport, 'Passport', ({ module: { Passport } }) => {
    for (const resave of [false, true]) {
      test(`LC-01: a login takes a new id and leaves the old one dead; a logout ends it; resave: ${resave}`, async () => {
        const url = await site(new Passport(), { store: store(), resave })
        const visitor = new Visitor(url)
        await visitor.get('/cart')
        const before = visitor.cookie
        await visitor.get('/login')
        const signedIn = visitor.cookie
        expect(signedIn).not.toBe(before)
        expect(await visitor.get('/')).toEqual({ user: 'ada', cart: ['book'] })
        expect(await new Visitor(url, before).get('/')).toEqual(VISITOR)
        await visitor.get('/logout')
        for (const cookie of [before, signedIn]) expect(await new Visitor(url, cookie).get('/')).toEqual(VISITOR)
      })

      test(`LC-06: a logout beside a slow writer stays a logout; resave: ${resave}`, async () => {
        const slow = gate()
        const url = await site(new Passport(), { store: store(), resave, slow: slow.pass })
        const visitor = new Visitor(url)
        await visitor.get('/login')
        const signedIn = visitor.cookie
        const late = new Visitor(url, signedIn).get('/slow')
        await slow.reached
        await visitor.get('/logout')
        slow.open()
        await late
        expect(await new Visitor(url, signedIn).get('/')).toEqual(VISITOR)
      })
    }
  })
})
